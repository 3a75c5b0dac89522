/** Where the verbs that describe a game take their pictures from: a recorded session's video, or the game's window now. */
import { existsSync } from 'node:fs';
import { openFrames } from '../../capture/choose-backend.js';
import type { CaptureChoice } from '../../capture/backend-names.js';
import { Cadence } from '../../core/cadence.js';
import { SystemClock } from '../../core/clock.js';
import { UnderstudyError } from '../../core/errors.js';
import type { DesktopWindow } from '../../desktop/desktop.js';
import { shortTitle } from '../../desktop/window-query.js';
import type { GamePicture } from '../../games/game-state.js';
import { readVideo } from '../../session/read-video.js';
import { frameTimeMs, readSession } from '../../session/session.js';
import type { BgraImage } from '../../vision/image-file.js';
import { findChosenWindow } from '../chosen-window.js';
import type { RunEnvironment } from '../environment.js';
import type { WindowRequest } from '../request.js';

/** Where to look. */
export type PictureSource =
  | { readonly from: 'session'; readonly session: string }
  | { readonly from: 'window'; readonly window: WindowRequest; readonly capture: CaptureChoice };

/** Pictures that are open: the caller reads them to their end, or disposes. */
export interface OpenPictures extends AsyncDisposable {
  /** For people: what is seen. */
  readonly title: string;
  readonly rateHz: number;
  /** Each valid until the next; `capturedAtMs` counts from the first. */
  readonly pictures: AsyncGenerator<GamePicture, void, void>;
}

export interface LookSettings {
  readonly source: PictureSource;
  /** Pictures a second of a window; a session has its own. */
  readonly rateHz: number;
  /** How long to look, s; of a session at most its length. */
  readonly seconds: number;
}

/**
 * @throws UnderstudyError as findWindow, openFrames, readSession and readVideo; `file-missing` for a session without a
 *   video: its small gray frames do not show a cue
 */
export async function openPictures(
  settings: LookSettings,
  environment: Pick<RunEnvironment, 'signals' | 'say'>,
): Promise<OpenPictures> {
  const { source } = settings;
  if (source.from === 'session') return openSession(source.session, settings.seconds);
  const window = await findChosenWindow(source.window, environment);
  if (source.window.activate) await window.activate();
  const pictures = windowPictures(window, source.capture, settings, environment.signals.signal);
  return {
    title: shortTitle(window.info.title || window.info.app),
    rateHz: settings.rateHz,
    pictures,
    [Symbol.asyncDispose]: async () => {
      await pictures.return();
      window[Symbol.dispose]();
    },
  };
}

async function openSession(name: string, seconds: number): Promise<OpenPictures> {
  const session = await readSession(name, { lenient: true });
  if (!existsSync(session.files.video)) {
    throw new UnderstudyError({
      kind: 'input',
      code: 'file-missing',
      message: `${session.files.base} has no video, and its small gray frames do not show cues and meters.`,
      next: 'Name a session that was recorded with its video, or look at the window itself with --window.',
    });
  }
  const pictures = sessionPictures();
  return {
    title: session.files.name,
    rateHz: session.rateHz,
    pictures,
    [Symbol.asyncDispose]: async () => void (await pictures.return()),
  };

  async function* sessionPictures(): AsyncGenerator<GamePicture, void, void> {
    const { videoIndex, count } = session.frames;
    let frame = 0;
    let inVideo = 0;
    for await (const { width, height, pixels } of readVideo(session.files.video, session.header)) {
      for (; frame < count && videoIndex[frame] === inVideo; frame += 1) {
        const capturedAtMs = frameTimeMs(session, frame);
        if (capturedAtMs > seconds * 1000) return;
        yield { width, height, pixels, capturedAtMs };
      }
      inVideo += 1;
    }
  }
}

/** The window's pictures at a rate; ends with the time or the signal. */
async function* windowPictures(
  window: DesktopWindow,
  capture: CaptureChoice,
  { rateHz, seconds }: LookSettings,
  signal: AbortSignal,
): AsyncGenerator<GamePicture, void, void> {
  const clock = new SystemClock();
  await using source = openFrames({ capture, window, clock, periodMs: 1000 / rateHz }).source;
  const ticks = new Cadence(clock, rateHz);
  let firstMs: number | null = null;
  for (;;) {
    const tick = await ticks.next(signal);
    if (tick === null) return;
    const frame = await source.next(tick.deadlineMs + ticks.periodMs, signal);
    if (firstMs === null) firstMs = frame?.capturedAtMs ?? null;
    if (tick.tick * ticks.periodMs > seconds * 1000 && tick.tick > 0) return;
    if (frame === null || frame.stale) continue;
    yield { ...frame, capturedAtMs: frame.capturedAtMs - firstMs! };
  }
}

/** An opaque copy of one picture and when it was taken: the last one at or before `atSeconds`, or the first. */
export async function onePicture(
  source: PictureSource,
  atSeconds: number,
  environment: Pick<RunEnvironment, 'signals' | 'say'>,
): Promise<BgraImage & { readonly atSeconds: number }> {
  await using open = await openPictures({ source, rateHz: 10, seconds: Math.max(atSeconds, 5) }, environment);
  let kept: (BgraImage & { atSeconds: number }) | null = null;
  for await (const { width, height, pixels, capturedAtMs } of open.pictures) {
    if (kept !== null && capturedAtMs > atSeconds * 1000) break;
    kept = { width, height, pixels: opaque(pixels), atSeconds: capturedAtMs / 1000 };
    if (source.from === 'window') break;
  }
  environment.signals.signal.throwIfAborted();
  if (kept !== null) return kept;
  throw new UnderstudyError({
    kind: 'environment',
    code: 'capture-failed',
    message: `${open.title} has shown no picture.`,
    next: 'Show the window; `understudy windows` says whether it is minimised.',
  });
}

/** A copy with alpha 255: that of a window means nothing, and is 0 on most displays, which a viewer shows as nothing. */
function opaque(pixels: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(pixels);
  for (let at = 3; at < copy.length; at += 4) copy[at] = 255;
  return copy;
}
