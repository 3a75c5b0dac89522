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

const ATTEMPTS = 10;
const RETRY_MS = 200;
const STILL_WRITTEN = new Set(['ENOTEMPTY', 'EBUSY']);

/** A new, empty folder; removes those of programs that have ended. */
export function createProfile(): string {
  sweepProfiles();
  return mkdtempSync(join(tmpdir(), `${PREFIX}${process.pid}-`));
}

/**
 * Removes a profile. A browser that is still shutting down may write into it, so this is tried for 2 s; what is left then
 * is removed by the next run.
 */
export function removeProfile(folder: string): void {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    try {
      // the retries of rmSync try the same folder again without looking at what has come into it
      return rmSync(folder, { recursive: true, force: true });
    } catch (error) {
      if (!STILL_WRITTEN.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_MS); // also as the process ends, where nothing can be awaited
    }
  }
}

function sweepProfiles(): void {
  for (const name of readdirSync(tmpdir())) {
    if (!name.startsWith(PREFIX)) continue;
    const pid = Number.parseInt(name.slice(PREFIX.length), 10);
    if (Number.isNaN(pid) || isRunning(pid)) continue;
    try {
      rmSync(join(tmpdir(), name), { recursive: true, force: true }); // no one writes into it any more
    } catch {
      // another user's profile: only that user may remove it
    }
  }
}
