/**
 * Reads one recorded session: its frame times, key events and fights, and what is odd about them. Reads logs only;
 * load-frames.ts gives the pictures, one at a time.
 */
import { UnderstudyError } from '../core/errors.js';
import { readEventLog, type EventLog, type ReadOptions } from './event-log.js';
import { readFrameLog, type FrameLog } from './frame-log.js';
import type { Notice } from './notices.js';
import { resolveSession, type SessionFiles } from './session-files.js';

export interface Session extends EventLog {
  readonly files: SessionFiles;
  /** Frames a second: the header's, else 1 / the median distance of frame times; NaN with fewer than two frames. */
  readonly rateHz: number;
  readonly frames: FrameLog;
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
  const log = await readEventLog(files.events, options, notices);
  if (log.fights.length === 0) {
    const message = `${files.events} has no closed fight: no frame can be used for training.`;
    notices.push({ code: 'no-fights', message, file: files.events, line: null, t: null });
  }
  return { ...log, files, rateHz: log.header?.rateHz ?? medianRateHz(frames.times), frames, notices };
}

/** Reads several sessions with the same options. @throws UnderstudyError as {@link readSession} */
export async function readSessions(names: readonly string[], options: ReadOptions = {}): Promise<Session[]> {
  const sessions: Session[] = [];
  for (const name of names) sessions.push(await readSession(name, options));
  return sessions;
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
