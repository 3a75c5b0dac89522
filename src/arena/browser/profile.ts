/**
 * A browser profile of our own, in the temporary folder, for one run: never the person's. Removed at the end; what a
 * killed run left behind is removed by the next one.
 */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** `<prefix><pid of the program>-<random>`: the name says whose it is. */
const PREFIX = 'understudy-browser-';

/** A fresh, empty folder; removes those of programs that are gone. */
export function createProfile(): string {
  sweepProfiles();
  return mkdtempSync(join(tmpdir(), `${PREFIX}${process.pid}-`));
}

/** Removes a profile. A browser that is still going down may write into it meanwhile, so this is tried for 2 s. */
export function removeProfile(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
}

function sweepProfiles(): void {
  for (const name of readdirSync(tmpdir())) {
    if (!name.startsWith(PREFIX)) continue;
    const pid = Number.parseInt(name.slice(PREFIX.length), 10);
    if (Number.isNaN(pid) || isAlive(pid)) continue;
    try {
      removeProfile(join(tmpdir(), name));
    } catch {
      // another user's: theirs to remove
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
