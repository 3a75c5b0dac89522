/** Joins window capture, key watch and focus to the recorder, for any window: named by a person, or the arena's page. */
import { join } from 'node:path';
import { openFrameSource } from '../../capture/open-source.js';
import type { GameWindow } from '../../capture/game-window.js';
import { SystemClock } from '../../core/clock.js';
import { UnderstudyError } from '../../core/errors.js';
import type { FrameSource } from '../../core/frame.js';
import { Recorder, type RecordingResult } from '../../session/recorder.js';
import { openKeptLogs } from '../../session/log-keeper.js';
import { filesAt, type SessionFiles } from '../../session/session-files.js';
import { SessionWriter } from '../../session/session-writer.js';
import { InPlaceLine } from '../../terminal/in-place-line.js';
import { STUDY_CONTRACT } from '../../vision/preprocessing-contract.js';
import type { GameFile } from '../game-file.js';
import { keyMapOf } from '../run/game-keyboard.js';
import { FocusedKeys } from './focused-keys.js';
import { chooseKeySource } from './key-source.js';
import { recordedKeys } from './log-names.js';
import type { RecordContext } from './record-options.js';
import { RecordingLine } from './recording-line.js';

/** The study's rate. */
const DEFAULT_RATE_HZ = 10;

/** A window that shows nothing for so long is minimised or hidden. */
const FIRST_PICTURE_WITHIN_MS = 10_000;

export interface WindowRecording {
  readonly files: SessionFiles;
  readonly result: RecordingResult;
}

/**
 * Records the window until a hot key, a signal, the end of the time or of the window. All files are finished when it
 * resolves.
 *
 * @param onListening called once keys are being listened to and pictures taken
 * @throws UnderstudyError for what fails before the first frame; later failures are in the result
 */
export async function recordWindow(
  context: RecordContext,
  window: GameWindow,
  game: GameFile | null,
  onListening: (recorder: Recorder) => void = () => undefined,
): Promise<WindowRecording> {
  const { options, signals, say, name } = context;
  const clock = new SystemClock();
  const rateHz = options.rate ?? game?.rateHz ?? DEFAULT_RATE_HZ;
  const keyMap = keyMapOf(options, game);
  const recorded = recordedKeys(keyMap, options.hotKeys);
  const keySource = chooseKeySource(options.keysFrom, window.display, keyMap, recorded);
  const opened = openFrameSource({ capture: options.capture, window, clock, periodMs: 1000 / rateHz });
  await using source = opened.source;
  say(`seeing '${window.info.title || window.info.app}' through ${opened.adapter}: ${opened.why}`);
  const { width, height } = await firstPicture(source, clock, signals.signal);
  const files = filesAt(join(options.out, name));
  await using writer = await SessionWriter.create({
    files,
    rateHz,
    width,
    height,
    source: window.info.title || window.info.app || `window ${window.info.id}`,
    contract: { ...STUDY_CONTRACT, crop: game?.crop ?? STUDY_CONTRACT.crop },
    clock,
    keys: recorded.map,
    openLogs: openKeptLogs,
  });
  const line = new RecordingLine(new InPlaceLine(process.stderr), rateHz);
  const mostFrames = (options.seconds ?? Number.POSITIVE_INFINITY) * rateHz;
  const recorder = new Recorder({
    source,
    writer,
    clock,
    rateHz,
    hotKeys: recorded.hotKeys,
    onStatus: (status) => {
      line.show(clock.nowMs(), status, recorder.keys.isFocused);
      if (status.frames >= mostFrames) recorder.stop();
    },
  });
  const hasFocus = (): boolean => window.hasFocus();
  using keys = await FocusedKeys.start({
    source: keySource,
    recorder: recorder.keys,
    hasFocus,
    nowMs: () => clock.nowMs(),
    onLost: (error) => {
      say(`the keyboard can no longer be seen, so the recording ends: ${error.message}`);
      recorder.stop();
    },
  });
  const stop = (): void => recorder.stop();
  signals.signal.addEventListener('abort', stop);
  if (signals.signal.aborted) stop();
  say(`recording ${files.base} at ${rateHz} Hz, ${width}x${height}; keys through ${keySource.kind}`);
  say(hotKeysText(options.hotKeys));
  onListening(recorder);
  try {
    const result = await recorder.run(() => keys.look());
    return { files, result };
  } finally {
    signals.signal.removeEventListener('abort', stop);
    line.finish();
  }
}

function hotKeysText(hotKeys: string): string {
  const [stop, start, end] = hotKeys.split(',');
  return `in the window: ${start} a fight begins, ${end} it ends, ${stop} stops; Ctrl-C here stops too`;
}

/** Its size is the session's. @throws UnderstudyError `capture-failed`; what the source throws */
export async function firstPicture(
  source: FrameSource,
  clock: SystemClock,
  signal: AbortSignal,
): Promise<{ readonly width: number; readonly height: number }> {
  const untilMs = clock.nowMs() + FIRST_PICTURE_WITHIN_MS;
  while (clock.nowMs() < untilMs && !signal.aborted) {
    const frame = await source.next(clock.nowMs() + 1000, signal);
    if (frame !== null) return { width: frame.width, height: frame.height };
    await clock.sleepUntil(clock.nowMs() + 100, signal);
  }
  throw new UnderstudyError({
    kind: 'environment',
    code: 'capture-failed',
    message: `The window has shown no picture for ${FIRST_PICTURE_WITHIN_MS / 1000} s: it may be minimised.`,
    next: 'Show the window, or choose another way to capture it with --capture; `understudy windows` tells its state.',
  });
}
