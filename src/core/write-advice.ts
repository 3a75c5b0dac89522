/** What to do about a folder or file that cannot be written: that depends on why. Writes nothing. */
import { existsSync, lstatSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

const NO_ROOM = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);
const NOT_ALLOWED = new Set(['EACCES', 'EPERM']);

/**
 * The next step after a failed write, one sentence.
 *
 * @param error what the file system threw
 * @param option the option that names another place: "--runs"
 */
export function adviceToWrite(error: unknown, option: string): string {
  const { code = '', syscall = '', path } = error instanceof Error ? (error as NodeJS.ErrnoException) : {};
  if (NO_ROOM.has(code)) return `Free some space or name another folder with ${option}.`;
  if (syscall === 'uv_cwd') return 'The folder that you are in was removed: change to another one, and start again.';
  const folder = NOT_ALLOWED.has(code) && path !== undefined ? othersFolder(path) : null;
  if (folder === null) return `Name a folder that you may write to with ${option}, or change to one.`;
  return `${folder.path} belongs to user ${folder.uid} (a run with sudo leaves such folders): take it over with sudo chown -R ${folder.ours} '${folder.path}', or name another folder with ${option}.`;
}

/** The folder at or above a path that exists, where it is another user's; null where it is ours, or the system's. */
function othersFolder(path: string): { readonly path: string; readonly uid: number; readonly ours: number } | null {
  const ours = process.getuid?.();
  if (ours === undefined) return null;
  let folder = resolve(path);
  while (!existsSync(folder) && dirname(folder) !== folder) folder = dirname(folder);
  const { uid } = lstatSync(folder);
  const isSystems = dirname(dirname(folder)) === dirname(folder); // the root folder, and what is in it
  return uid === ours || isSystems ? null : { path: folder, uid, ours };
}
