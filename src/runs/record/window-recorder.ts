/** Records a window's pictures and a keyboard's keys into a session: shared by every recording of a window. */
import { openFrames } from '../../capture/choose-backend.js';
import { shortTitle } from '../../desktop/window-query.js';
import type { ActionSet } from '../../core/action-set.js';
import type { CaptureChoice } from '../../capture/backend-names.js';
import type { GameWindow } from '../../capture/game-window.js';
import { SystemClock } from '../../core/clock.js';
import { UnderstudyError } from '../../core/errors.js';
import type { Frame, FrameSource } from '../../core/frame.js';
import type { SeenGame } from '../../core/seen-game.js';
import type { CueAccount } from '../../games/cue-account.js';
import type { GameFile } from '../../games/game-file.js';
import type { ActionOfKey } from '../../session/key-names.js';
import type { RecorderKeys, KeyRecorder } from '../../session/key-recorder.js';
import { openKeptLogs } from '../../session/log-keeper.js';
import { Recorder, type RecordingResult } from '../../session/recorder.js';
import type { SessionFiles } from '../../session/session-files.js';
import { SessionWriter, type WriterStatus } from '../../session/session-writer.js';
import type { PreprocessingContract } from '../../vision/preprocessing-contract.js';
import { OpenParts } from '../open-parts.js';
import { CuedFights, marksFights, openWatcher } from './cued-fights.js';
import { FocusedKeys, type FocusedKeysOptions } from './focused-keys.js';
import type { KeySource } from './key-source.js';

/** A window that shows nothing for so long is minimised or hidden. */
const FIRST_PICTURE_WITHIN_MS = 10_000;

/** What the session of a window's pictures is made from. */
export interface WindowWriterRequest {
  readonly window: GameWindow;
  readonly capture: CaptureChoice;
  readonly rateHz: number;
  readonly files: SessionFiles;
  /** How a policy will preprocess the pictures. */
  readonly contract: PreprocessingContract;
  readonly actions: ActionSet;
  /** Log name of each key that is recorded -> its action. */
  readonly keys: ActionOfKey;
  /** Its name goes into the session; null: no game file was named. */
  readonly game: GameFile | null;
  /** False: no video for people, the gray pictures alone. Default true. */
  readonly keepsVideo?: boolean;
  /** The agent plays at the same time: events say who held the key, and writing has a lower priority than the loop. */
  readonly besideAgent: boolean;
  /** Ends the wait for the first picture. */
  readonly signal: AbortSignal;
  /** Text for people. */
  readonly say: (text: string) => void;
}

/** What those who show a recording are given once a slot. */
export interface RecordedSlot {
  readonly status: WriterStatus;
  /** Valid during the call; null: none was grabbed. */
  readonly frame: Frame | null;
  readonly recorder: Recorder;
  readonly seen: SeenGame | null;
}

export interface WindowRecorderRequest extends WindowWriterRequest {
  /** Null: there are no hot keys. */
  readonly hotKeys: RecorderKeys | null;
  readonly keySource: KeySource;
  /** Makes the receiver of keys, for a game whose cues mark no fights. Default: the recorder itself. */
  readonly hear?: (keys: KeyRecorder, writer: SessionWriter) => FocusedKeysOptions['recorder'];
  /** As the recorder's; with what was seen of the game, null where there is nothing to look at. */
  readonly onStatus?: (slot: RecordedSlot) => void;
}

/** Ready to record. Disposal finishes the session. */
export interface WindowRecorder extends AsyncDisposable {
  readonly recorder: Recorder;
  readonly writer: SessionWriter;
  readonly keys: FocusedKeys;
  readonly width: number;
  readonly height: number;
  /** What the game's cues said; null where there is nothing to look at. */
  readonly account: CueAccount | null;
  /** Records until the recorder is stopped, as its `run`. */
  run(): Promise<RecordingResult>;
}

/**
 * Recording ends when the keyboard can no longer be watched.
 *
 * @throws as {@link openWindowWriter} and the keyboard do; everything is closed again then
 */
export function openWindowRecorder(request: WindowRecorderRequest): Promise<WindowRecorder> {
  return OpenParts.whole((parts) => assemble(parts, request));
}

async function assemble(parts: OpenParts, request: WindowRecorderRequest): Promise<WindowRecorder> {
  const { window, rateHz, hotKeys, keySource, besideAgent, game, say } = request;
  const clock = new SystemClock();
  const watcher = await openWatcher(game);
  const { source, writer, width, height } = await openWindowWriter(parts, request, clock);
  const cued = watcher === null ? null : new CuedFights(watcher, writer);
  for (const note of watcher?.notesFor({ width, height }) ?? []) say(note);
  const recorder: Recorder = new Recorder({
    source,
    writer,
    clock,
    rateHz,
    hotKeys,
    recordPlayedBy: besideAgent,
    onStatus: (_status, frame) => {
      if (frame !== null && !frame.stale) cued?.look(frame);
      request.onStatus?.({ status: writer.status, frame, recorder, seen: cued?.seen ?? null });
    },
  });
  const keys = parts.use(
    await FocusedKeys.start({
      source: keySource,
      recorder: (marksFights(game) ? undefined : request.hear?.(recorder.keys, writer)) ?? recorder.keys,
      hasFocus: () => window.hasFocus(),
      hasPointer: () => window.hasPointer(),
      nowMs: () => clock.nowMs(),
      onLost: (error) => {
        say(`the keyboard can no longer be seen, so the recording ends: ${error.message}`);
        recorder.stop();
      },
    }),
  );
  const run = (): Promise<RecordingResult> =>
    recorder.run(() => {
      keys.look();
      cued?.finish(clock.nowMs());
    });
  const account = watcher?.account ?? null;
  return {
    recorder,
    writer,
    keys,
    width,
    height,
    account,
    run,
    [Symbol.asyncDispose]: () => parts[Symbol.asyncDispose](),
  };
}

/** Opens the window's frames and the session that they are written to; `parts` closes both. */
export async function openWindowWriter(
  parts: OpenParts,
  request: WindowWriterRequest,
  clock: SystemClock,
): Promise<{ readonly source: FrameSource } & Pick<WindowRecorder, 'writer' | 'width' | 'height'>> {
  const { window, capture, rateHz, files, contract, actions, keys, game, besideAgent, signal, say } = request;
  const { title, app, id } = window.info;
  const opened = openFrames({ capture, window, clock, periodMs: 1000 / rateHz });
  const source = parts.use(opened.source);
  if (!besideAgent) say(`seeing '${shortTitle(title || app)}' through ${opened.adapter}: ${opened.why}`);
  const { width, height } = await firstPicture(source, clock, signal);
  const writer = await SessionWriter.create({
    files,
    rateHz,
    width,
    height,
    contract,
    clock,
    actions,
    keys,
    game: game?.name ?? null,
    openLogs: openKeptLogs,
    source: title || app || `window ${id}`,
    video: request.keepsVideo ?? true,
    background: besideAgent,
  });
  return { source, writer: parts.use(writer), width, height };
}

/** Waits for the first picture: its size is the session's. @throws `capture-failed`; what the source throws */
async function firstPicture(
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
    next: 'Show the window, or choose another way to capture it with --capture; `understudy windows` shows its state.',
  });
}
