/**
 * The program's folder in the user's cache, and the folders of attempts in it. An attempt is renamed to what it makes
 * when that is whole, so that nothing there is ever half made.
 */
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { isRunning } from '../../core/is-running.js';

/** The program's folder in the user's cache (XDG base directory specification); honours XDG_CACHE_HOME. */
export function cacheRoot(env: NodeJS.ProcessEnv = process.env): string {
  return join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'understudy');
}

const ATTEMPT = /^attempt-(\d+)(-old)?$/;

/** Folder for one attempt at setting up, on the same file system as the result, so that it can be renamed to it. */
export function attemptFolder(root: string): string {
  return join(root, `attempt-${process.pid}`);
}

/** Removes the folders of attempts that were killed; returns their paths. */
export function removeDeadAttempts(root: string): string[] {
  if (!existsSync(root)) return [];
  const dead = readdirSync(root)
    .filter((name) => {
      const pid = Number(ATTEMPT.exec(name)?.[1] ?? Number.NaN);
      return Number.isInteger(pid) && (pid === process.pid || !isRunning(pid));
    })
    .map((name) => join(root, name));
  for (const folder of dead) rmSync(folder, { recursive: true, force: true });
  return dead;
}
