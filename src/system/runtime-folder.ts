/**
 * The folder for files that are needed only while the user is logged in: sockets, and notes of keys that may be down.
 * Only the user may read it.
 */
import { chmodSync, lstatSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { makeFolders } from '../core/make-folders.js';
import { UnderstudyError, messageOf } from '../core/errors.js';

/** Its path: `$XDG_RUNTIME_DIR/understudy`, or a folder of the user in the temporary folder. Touches nothing. */
export function runtimeFolderPath(env: NodeJS.ProcessEnv = process.env): string {
  const base = env.XDG_RUNTIME_DIR;
  if (base) return join(base, 'understudy');
  // the number alone: a user of a container may have no name. Windows has no number, and its temporary folder is the user's own:
  // the name is from the environment, since a session without a profile has no other
  const user = process.getuid?.() ?? (env.USERNAME ?? 'user').replace(/[^\w.-]/g, '_');
  return join(tmpdir(), `understudy-${user}`);
}

/**
 * Makes it, mode 0700, where it is missing.
 *
 * @returns its path
 * @throws UnderstudyError `write-failed` where it cannot be made, is a link or belongs to another user
 */
export function makeRuntimeFolder(env: NodeJS.ProcessEnv = process.env): string {
  const path = runtimeFolderPath(env);
  try {
    makeFolders(dirname(path));
    makeOwn(path);
    const found = lstatSync(path); // lstat: in a temporary folder anyone may have made a link of this name
    const ours = process.getuid === undefined || found.uid === process.getuid();
    if (found.isSymbolicLink()) throw new Error('it is a link');
    if (!found.isDirectory()) throw new Error('it is not a folder');
    if (!ours) throw new Error(`it belongs to user ${found.uid}, and this is user ${process.getuid?.()}`);
    if ((found.mode & 0o077) !== 0) chmodSync(path, 0o700);
    return path;
  } catch (cause) {
    throw new UnderstudyError({
      kind: 'environment',
      code: 'write-failed',
      message: `The runtime folder ${path} cannot be used: ${messageOf(cause)}.`,
      next: env.XDG_RUNTIME_DIR
        ? `XDG_RUNTIME_DIR is ${env.XDG_RUNTIME_DIR}: unset it, or set it to a folder of yours.`
        : `Remove what is there (sudo rm -r '${path}'), or set XDG_RUNTIME_DIR to a folder of yours.`,
      cause,
    });
  }
}

/** Another process may make it at the same time. */
function makeOwn(path: string): void {
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}
