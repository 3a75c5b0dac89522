/**
 * Whether a process writes a session right now: by what processes have open, where the system says so (Linux), else by
 * the times of its files. Reads nothing of the session and changes nothing.
 */
import { readdirSync, readFileSync, readlinkSync, realpathSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { allFiles, type SessionFiles } from './session-files.js';

/** Files that have not changed for so long have no recorder: it writes a line for each frame. ms */
export const QUIET_MS = 1500;

/** Date.now() is cut to whole milliseconds, and the clock of file times ticks coarsely: they may differ by this, ms. */
const CLOCKS_AGREE_WITHIN_MS = 1000;

/** How often a file that changed just now is looked at again, ms. */
export const LOOK_EVERY_MS = 50;

/**
 * The id of another process that has a file of the session open for writing: a recorder, also one that is stopped or has
 * not written for a while. Null where there is none, or none that this user may look at.
 */
export function writerOf(files: SessionFiles): number | null {
  const paths = new Set(allFiles(files).map(realPath));
  for (const entry of entriesOf('/proc')) {
    const pid = Number(entry);
    if (!Number.isInteger(pid) || pid === process.pid) continue;
    if (entriesOf(`/proc/${pid}/fd`).some((fd) => isWriting(pid, fd, paths))) return pid;
  }
  return null;
}

/**
 * True while a session is being recorded. Waits for up to {@link QUIET_MS} where only the times of the files can say.
 */
export async function isBeingWritten(files: SessionFiles, quietMs: number = QUIET_MS): Promise<boolean> {
  if (writerOf(files) !== null) return true;
  const first = await newestChange(files);
  for (let restMs = restOf(first); restMs < quietMs; restMs = restOf(first)) {
    await delay(Math.min(LOOK_EVERY_MS, quietMs - restMs));
    if ((await newestChange(files)) !== first) return true;
  }
  return false;
}

/** How long ago the files were changed last, ms; Infinity without files. A time far ahead, of another clock, is ignored. */
export async function restMsOf(files: SessionFiles): Promise<number> {
  return restOf(await newestChange(files));
}

const restOf = (changedAtMs: number): number => Date.now() - changedAtMs;

/** Unix ms; -Infinity without files. */
async function newestChange(files: SessionFiles): Promise<number> {
  const found = await Promise.all(allFiles(files).map((path) => stat(path).catch(() => null)));
  const nowMs = Date.now();
  const times = found.filter((file) => file !== null).map((file) => file.mtimeMs);
  return Math.max(...times.filter((atMs) => nowMs - atMs >= -CLOCKS_AGREE_WITHIN_MS));
}

function isWriting(pid: number, fd: string, paths: ReadonlySet<string>): boolean {
  try {
    if (!paths.has(readlinkSync(`/proc/${pid}/fd/${fd}`))) return false;
    const flags = /^flags:\s*([0-7]+)/m.exec(readFileSync(`/proc/${pid}/fdinfo/${fd}`, 'utf8'))?.[1] ?? '0';
    return (Number.parseInt(flags, 8) & 0o3) !== 0; // O_ACCMODE: O_WRONLY or O_RDWR
  } catch {
    return false; // it was closed just now, or is another user's
  }
}

/** Empty where it cannot be listed: another user's process, one that has ended, another system. */
function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path; // not there
  }
}
