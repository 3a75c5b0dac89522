/**
 * Where the files of a session are. A session is named by its path without an ending (`dir/Train` for
 * `dir/Train_events.jsonl`), or by a bare name under `sessions/`. Nothing here opens a file.
 */
import { existsSync } from 'node:fs';
import { basename, isAbsolute, join } from 'node:path';
import { UnderstudyError } from '../core/errors.js';

/** The files of one session; only `events` and `frames` have to exist. */
export interface SessionFiles {
  /** The name alone: `Train`. */
  readonly name: string;
  /** Path without an ending: `dir/Train`. */
  readonly base: string;
  /** Key events and markers, one JSON object a line. */
  readonly events: string;
  /** One JSON object a video frame. */
  readonly frames: string;
  /** H.264 (ours) or MPEG-4 part 2 (the study's recorder) in MP4. */
  readonly video: string;
  /** What the policy would have seen, without loss: see gray-file.ts. */
  readonly gray: string;
}

/** Endings of a session's files, so that naming any of them names the session. */
const ENDINGS = ['_events.jsonl', '_frames.jsonl', '_gray.bin', '.mp4'];

/** The folder in which a bare name is searched. */
export const SESSIONS_FOLDER = 'sessions';

/** The files of the session whose path without ending is `base`. */
export function filesAt(base: string): SessionFiles {
  return {
    name: basename(base),
    base,
    events: `${base}_events.jsonl`,
    frames: `${base}_frames.jsonl`,
    video: `${base}.mp4`,
    gray: `${base}_gray.bin`,
  };
}

/**
 * Resolves what a person typed: a path without an ending, one of the session's files, or a bare name, which is taken
 * from the working folder when a log of it is there and from `folder` otherwise. Does not require that the session exists.
 */
export function resolveSession(name: string, folder: string = SESSIONS_FOLDER): SessionFiles {
  const ending = ENDINGS.find((candidate) => name.endsWith(candidate));
  const base = ending === undefined ? name : name.slice(0, -ending.length);
  const here = filesAt(base);
  const isPath = isAbsolute(base) || /[\\/]/.test(base);
  return isPath || existsSync(here.frames) || existsSync(here.events) ? here : filesAt(join(folder, base));
}

/** The paths of all files that a session may have. */
export function allFiles({ events, frames, gray, video }: SessionFiles): string[] {
  return [events, frames, gray, video];
}

/** @throws UnderstudyError `bad-option` where a file of the session exists */
export function requireNewSession(files: SessionFiles): void {
  const taken = allFiles(files).find((path) => existsSync(path));
  if (taken === undefined) return;
  throw new UnderstudyError({
    kind: 'usage',
    code: 'bad-option',
    message: `${taken} exists: a session is never overwritten.`,
    next: 'Choose another name, or move the old session away.',
  });
}
