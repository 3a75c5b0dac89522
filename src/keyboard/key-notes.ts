/**
 * A note beside each running guard of the keys that it may hold, in the user's runtime folder: what a double kill left
 * down can be let go of by whoever comes next, whatever key map that one has. Files are small, checked, and removed by a
 * guard that ends with nothing down. Presses and releases nothing.
 */
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import type { Desktop } from '../desktop/desktop.js';
import type { NamedKey } from '../desktop/key-injector.js';
import { makeRuntimeFolder, runtimeFolderPath } from '../system/runtime-folder.js';

const VERSION = 1;
const FILE_NAME = /^keys-\d{1,10}\.json$/;

/** A note has about 500 bytes; anything much larger is none. */
const MOST_BYTES = 16 * 1024;
/** More notes than any user has agents, double kills on throw-away displays included; the rest are not read. */
const MOST_NOTES = 5000;
const MOST_KEYS = 64;

export interface KeyNote {
  /** The desktop's name: as in $DISPLAY where that is an X display. */
  readonly display: string;
  readonly agentPid: number;
  readonly guardPid: number;
  readonly keys: readonly NamedKey[];
}

/** Writes the note of a guard, whole or not at all. @throws UnderstudyError `write-failed`, or the system's error */
export function writeKeyNote(note: KeyNote): KeyNote {
  const path = join(makeRuntimeFolder(), fileName(note));
  writeFileSync(`${path}.part`, `${JSON.stringify({ version: VERSION, ...note })}\n`, { mode: 0o600 });
  renameSync(`${path}.part`, path);
  return note;
}

/** Removes it; one that is gone already is nothing. Never throws. */
export function removeKeyNote(note: KeyNote): void {
  try {
    rmSync(join(runtimeFolderPath(), fileName(note)), { force: true });
  } catch {
    // it can only cost the next start a look at keys that are up
  }
}

/** The notes of one desktop, by whichever guard, living or dead. What does not fit is passed over. */
export function readKeyNotes(desktop: Pick<Desktop, 'isNamed'>): readonly KeyNote[] {
  const folder = runtimeFolderPath();
  let names: string[];
  try {
    if (!isOurFolder(folder)) return [];
    names = readdirSync(folder);
  } catch {
    return [];
  }
  return names
    .filter((name) => FILE_NAME.test(name))
    .slice(0, MOST_NOTES)
    .map((name) => readNote(join(folder, name)))
    .filter((note) => note !== null)
    .filter((note) => desktop.isNamed(note.display));
}

function fileName({ guardPid }: KeyNote): string {
  return `keys-${guardPid}.json`;
}

/** In a shared temporary folder anybody may have made it first. @throws the system's error */
function isOurFolder(folder: string): boolean {
  const found = lstatSync(folder);
  return found.isDirectory() && isOurs(found.uid);
}

const isOurs = (uid: number): boolean => process.getuid === undefined || uid === process.getuid();

/** Opened once, checked and read through that: no link is followed, and nothing that could block or never end is read. */
function readNote(path: string): KeyNote | null {
  try {
    // both flags are absent on Windows
    const fd = openSync(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
    try {
      const found = fstatSync(fd);
      if (!found.isFile() || found.size > MOST_BYTES || !isOurs(found.uid)) return null;
      const bytes = Buffer.alloc(MOST_BYTES);
      const note = parseNote(JSON.parse(bytes.toString('utf8', 0, readSync(fd, bytes, 0, MOST_BYTES, 0))));
      return note !== null && basename(path) === fileName(note) ? note : null;
    } finally {
      closeSync(fd);
    }
  } catch {
    return null;
  }
}

/** By hand, not by a schema library: the guard reads notes, and its start is a start of a run. */
function parseNote(value: unknown): KeyNote | null {
  if (typeof value !== 'object' || value === null) return null;
  const { version, display, agentPid, guardPid, keys } = value as Record<string, unknown>;
  if (version !== VERSION || !isPid(agentPid) || !isPid(guardPid)) return null;
  if (typeof display !== 'string') return null; // earlier versions wrote null where there is no X server, and read none there
  if (!Array.isArray(keys) || keys.length > MOST_KEYS || !keys.every(isKey)) return null;
  return { display, agentPid, guardPid, keys };
}

function isPid(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) > 0;
}

function isKey(value: unknown): value is KeyNote['keys'][number] {
  if (typeof value !== 'object' || value === null) return false;
  const { name, keycode } = value as Record<string, unknown>;
  return (
    typeof name === 'string' && Number.isInteger(keycode) && (keycode as number) >= 0 && (keycode as number) < 65536
  );
}
