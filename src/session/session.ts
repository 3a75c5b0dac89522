/**
 * Reads one recorded session: its frame times, key events and fights, and what is odd about them. Reads logs only;
 * load-frames.ts gives the pictures, one at a time.
 */
import { existsSync } from 'node:fs';
import type { ActionSet } from '../core/action-set.js';
import { UnderstudyError } from '../core/errors.js';
import { STUDY_ACTIONS } from '../core/study-actions.js';
import type { ClockStep, Fight, KeyEvent, ReadOptions } from './event-log.js';
import { readEventLog } from './event-log.js';
import type { FrameLog } from './frame-log.js';
import { readFrameLog } from './frame-log.js';
import type { SessionHeader } from './format/header.js';
import type { ActionOfKey } from './key-names.js';
import { STUDY_KEYS, keysFor } from './key-names.js';
import type { Notice } from './notices.js';
import type { ControlChange } from './played-by.js';
import type { SessionFiles } from './session-files.js';
import { resolveSession } from './session-files.js';

export interface Session {
  readonly files: SessionFiles;
  /** Null for logs of the study's own recorder. */
  readonly header: SessionHeader | null;
  /** Frames a second: the header's, else 1 / the median distance of frame times; NaN with fewer than two frames. */
  readonly rateHz: number;
  /** The actions of the game: the header's, else the study's. */
  readonly actions: ActionSet;
  readonly keys: ActionOfKey;
  readonly frames: FrameLog;
  /** By time. */
  readonly events: readonly KeyEvent[];
  readonly fights: readonly Fight[];
  readonly clockSteps: readonly ClockStep[];
  /** Changes of who plays, by time; empty where the log does not say, as in a person's own recording. */
  readonly control: readonly ControlChange[];
  /** False when the recording was cut off and not repaired. */
  readonly finished: boolean;
  /** Why the recording ended: `stopped`, `repaired`; null where the log does not say. */
  readonly endReason: string | null;
  /** Everything odd, in the order of the files; empty for a session without fault. */
  readonly notices: readonly Notice[];
}

/**
 * Reads a session's logs, without its video.
 *
 * @param name as {@link resolveSession} takes it, or the files themselves
 * @throws UnderstudyError `file-missing`, `file-unreadable`; `session-invalid` for broken lines unless lenient, for a
 *   newer format, and for an empty frame log; `unknown-action` for keys of other actions
 */
export async function readSession(name: string | SessionFiles, options: ReadOptions = {}): Promise<Session> {
  const files = typeof name === 'string' ? resolveSession(name) : name;
  const notices: Notice[] = [];
  const frames = await readFrameLog(files.frames, options, notices);
  if (frames.count === 0) {
    throw new UnderstudyError({
      kind: 'input',
      code: 'session-invalid',
      message: `${files.frames} has no frame: the session is empty.`,
      next: 'Record the session again.',
    });
  }
  const log = existsSync(files.events)
    ? await readEventLog(files.events, options, notices)
    : missingEvents(files.events, options, notices);
  if (log.fights.length === 0) {
    const message = `${files.events} has no closed fight: no frame can be used for training.`;
    notices.push({ code: 'no-fights', message, file: files.events, line: null, t: null });
  }
  return {
    files,
    header: log.header,
    rateHz: log.header?.rateHz ?? medianRateHz(frames.times),
    actions: log.actions,
    keys: log.keys,
    frames,
    events: log.events,
    fights: log.fights,
    clockSteps: log.clockSteps,
    control: log.control,
    finished: log.finished,
    endReason: log.endReason,
    notices,
  };
}

/** The study's parser treats a missing event log as a log without events. */
function missingEvents(
  path: string,
  options: ReadOptions,
  notices: Notice[],
): Awaited<ReturnType<typeof readEventLog>> {
  const message = `There is no ${path}: the session is taken to have no keys and no fights.`;
  notices.push({ code: 'no-events-file', message, file: path, line: null, t: null });
  return {
    header: null,
    actions: STUDY_ACTIONS,
    keys: keysFor(STUDY_ACTIONS, options.keys ?? STUDY_KEYS),
    events: [],
    fights: [],
    clockSteps: [],
    control: [],
    finished: true,
    endReason: null,
  };
}

/** 1 / the median distance of consecutive times, rounded to 0.001 Hz; NaN with fewer than two times. */
function medianRateHz(times: Float64Array): number {
  if (times.length < 2) return Number.NaN;
  const distances = new Float64Array(times.length - 1);
  for (let i = 1; i < times.length; i += 1) distances[i - 1] = times[i] - times[i - 1];
  distances.sort();
  return Math.round(1000 / distances[distances.length >> 1]) / 1000;
}

/**
 * When a frame was due, ms since the session's first frame, in whole microseconds: the rounding error of float seconds
 * since 1970 would move a frame past its tick.
 */
export function frameTimeMs({ frames: { times } }: Pick<Session, 'frames'>, frame: number): number {
  return Math.round((times[frame] - times[0]) * 1e6) / 1000;
}
