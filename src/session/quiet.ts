/**
 * Waits until no process writes a session any more: a repair during the recording would damage it. Opens no file.
 */
import { stat } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { UnderstudyError } from '../core/errors.js';
import { allFiles, type SessionFiles } from './session-files.js';

/** Files that have not changed for so long have no recorder: it writes a line for each frame. ms */
const QUIET_MS = 1500;

/** Date.now() is cut to whole milliseconds, and the clock of file times ticks coarsely: they may differ by this, ms. */
const CLOCKS_AGREE_WITHIN_MS = 1000;

/** Files that still change after so long are being recorded, ms. */
const GIVE_UP_AFTER_MS = 5000;

/**
 * Resolves once no file of the session was changed for `quietMs`; at once where that is so already.
 *
 * @throws UnderstudyError `session-busy` when they still change after {@link GIVE_UP_AFTER_MS}
 */
export async function untilQuiet(files: SessionFiles, quietMs: number = QUIET_MS): Promise<void> {
  const beganMs = Date.now();
  for (;;) {
    const nowMs = Date.now();
    const agesMs = (await changedAtMs(files)).map((atMs) => nowMs - atMs);
    // a time far in the future was set by another clock and is ignored; one slightly ahead was set just now
    const restMs = Math.min(...agesMs.filter((ageMs) => ageMs >= -CLOCKS_AGREE_WITHIN_MS));
    if (restMs >= quietMs) return;
    if (nowMs - beganMs >= GIVE_UP_AFTER_MS) throw sessionBusy(files, restMs);
    await delay(quietMs - restMs);
  }
}

async function changedAtMs(files: SessionFiles): Promise<number[]> {
  const found = await Promise.all(allFiles(files).map((path) => stat(path).catch(() => null)));
  return found.filter((file) => file !== null).map((file) => file.mtimeMs);
}

function sessionBusy(files: SessionFiles, restMs: number): UnderstudyError {
  return new UnderstudyError({
    kind: 'input',
    code: 'session-busy',
    message: `${files.base} is being written, last ${Math.round(restMs)} ms ago: a recorder seems to run.`,
    next: 'Stop the recording, in the game with its stop key, and repair it only if it was cut off.',
  });
}
