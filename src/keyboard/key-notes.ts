/**
 * A note for each running guard of the keys that it may hold, in the user's runtime folder: after a double kill, the
 * next agent can release what was left down, even with another key map. Notes are small and checked, and a guard that
 * ends with nothing down removes its own. Presses and releases nothing.
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

/** A note has about 500 bytes; a much larger file is not a note. */
const MOST_BYTES = 16 * 1024;
/** More notes than any user has agents, including double kills on temporary displays; the rest are not read. */
const MOST_NOTES = 5000;
const MOST_KEYS = 64;

export interface KeyNote {
  /** The desktop's name; on X11 as in $DISPLAY. */
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

/** Removes it; does nothing where it is gone already. Never throws. */
export function removeKeyNote(note: KeyNote): void {
  try {
    rmSync(join(runtimeFolderPath(), fileName(note)), { force: true });
  } catch {
    // a note that stays only makes the next start look at keys that are up
  }
}

/** The notes of one desktop, of running and of dead guards. Other files and broken notes are skipped. */
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

/** In a shared temporary folder another user may have made it first. @throws the system's error */
function isOurFolder(folder: string): boolean {
  const found = lstatSync(folder);
  return found.isDirectory() && isOurs(found.uid);
}

const isOurs = (uid: number): boolean => process.getuid === undefined || uid === process.getuid();

/** Opens the file once, and checks and reads that one: follows no link, and reads nothing that could block or never end. */
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

/** Without a schema library: the guard reads notes, and loading one would delay each start of a run. */
function parseNote(value: unknown): KeyNote | null {
  if (typeof value !== 'object' || value === null) return null;
  const { version, display, agentPid, guardPid, keys } = value as Record<string, unknown>;
  if (version !== VERSION || !isPid(agentPid) || !isPid(guardPid)) return null;
  if (typeof display !== 'string') return null; // earlier versions wrote null where there is no X server
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
