/**
 * Waits until no process writes a session any more: a repair during the recording would damage it. Opens no file of it.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { UnderstudyError } from '../core/errors.js';
import type { SessionFiles } from './session-files.js';
import { LOOK_EVERY_MS, QUIET_MS, restMsOf, writerOf } from './writer.js';

/** Files that still change, or are open, after so long are being recorded, ms: who keeps the logs of a killed recorder ends. */
const GIVE_UP_AFTER_MS = 5000;

/**
 * Resolves once no file of the session was changed for `quietMs` and no other process has one open for writing; at once
 * where that is so already.
 *
 * @throws UnderstudyError `session-busy` when they still change after {@link GIVE_UP_AFTER_MS}, or another process then
 *   has one of them open for writing
 */
export async function untilQuiet(files: SessionFiles, quietMs: number = QUIET_MS): Promise<void> {
  const beganMs = Date.now();
  for (;;) {
    const writer = writerOf(files);
    const restMs = await restMsOf(files);
    if (writer === null && restMs >= quietMs) return;
    if (Date.now() - beganMs >= GIVE_UP_AFTER_MS) {
      const written = `it is being written, last ${Math.round(restMs)} ms ago`;
      throw sessionBusy(files, writer === null ? written : `process ${writer} has it open for writing`);
    }
    await delay(Math.max(LOOK_EVERY_MS, quietMs - restMs));
  }
}

function sessionBusy({ base }: SessionFiles, how: string): UnderstudyError {
  return new UnderstudyError({
    kind: 'input',
    code: 'session-busy',
    message: `${base} is being recorded: ${how}.`,
    next: 'Stop the recording, in the game with its stop key, and repair the session only if it was cut off.',
  });
}
