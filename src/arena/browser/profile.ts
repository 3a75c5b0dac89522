/**
 * A separate browser profile for one run, in the temporary folder: never the user's own. Removed at the end; the next
 * run removes what a killed run left behind.
 */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isRunning } from '../../core/is-running.js';

/** `<prefix><pid of the program>-<random>`: the name shows which program it belongs to. */
const PREFIX = 'understudy-browser-';

/** A new, empty folder; removes those of programs that have ended. */
export function createProfile(): string {
  sweepProfiles();
  return mkdtempSync(join(tmpdir(), `${PREFIX}${process.pid}-`));
}

/** Removes a profile. A browser that is still shutting down may write into it, so this is tried for 2 s. */
export function removeProfile(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
}

function sweepProfiles(): void {
  for (const name of readdirSync(tmpdir())) {
    if (!name.startsWith(PREFIX)) continue;
    const pid = Number.parseInt(name.slice(PREFIX.length), 10);
    if (Number.isNaN(pid) || isRunning(pid)) continue;
    try {
      removeProfile(join(tmpdir(), name));
    } catch {
      // another user's profile: only that user may remove it
    }
  }
}
