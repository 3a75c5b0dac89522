/**
 * A small daemon that holds UP, JUMP and SHOOT (or so many of the first actions) at 60 Hz until something happens to it. Tests start it as a process of
 * its own, end it in every way there is, and look what stays down.
 *
 *   node agent-with-held-keys.js <hold | with-child | throw | reject | exit | return | hang> [leaseMs] [rateHz] [keys] [map] [window]
 *
 * 'map' is as in --keys, 'window' the id of the window that mouse buttons may be pressed in.
 * 'with-child' starts another program, as a daemon starts browsers, that outlives it.
 * Prints one line of JSON, {"guardPid": 123, "childPid": null}, once the keys are down.
 */
import { spawn } from 'node:child_process';
import { given } from '../../src/core/given.js';
import { STUDY_ACTIONS, type StudyAction } from '../../src/core/study-actions.js';
import { GuardedKeySink } from '../../src/keyboard/guarded-key-sink.js';
import { DEFAULT_KEYS, parseKeys } from '../../src/keyboard/key-map.js';
import { leaseMsFor } from '../../src/keyboard/lease.js';
import { openKeySink } from '../../src/keyboard/open-key-sink.js';

/** The first so many are held: none opposes another. */
const HELD: readonly StudyAction[] = ['UP', 'JUMP', 'SHOOT', 'RIGHT', 'DASH'];

const [, , fate = 'hold', leaseMs = '250', rateHz = '60', keys = '3', map, window] = process.argv;
const periodMs = 1000 / Number(rateHz);
const { sink } = await openKeySink({
  sink: 'auto',
  keys: map === undefined ? DEFAULT_KEYS : parseKeys(map),
  ...given({ gameWindow: window === undefined ? undefined : Number(window) }),
  leaseMs: leaseMsFor(periodMs, Number(leaseMs)),
});
if (!(sink instanceof GuardedKeySink)) throw new Error('expected the guarded sink');
const held = STUDY_ACTIONS.holding(...HELD.slice(0, Number(keys)));
sink.apply(held);
await sink.flush();
const guardPid = sink.guardPid;
const childPid =
  fate === 'with-child' ? (spawn('sleep', ['60'], { stdio: 'ignore', detached: true }).pid ?? null) : null;
const loop = setInterval(() => sink.apply(held), periodMs);
process.stdout.write(`${JSON.stringify({ guardPid, childPid })}\n`, () => meet(fate));

function meet(what: string): void {
  switch (what) {
    case 'throw':
      throw new Error('the agent failed');
    case 'reject':
      void Promise.reject(new Error('the agent failed'));
      break;
    case 'exit':
      process.exit(0);
      break;
    case 'return':
      clearInterval(loop); // nothing left to do: the process ends by itself, undisposed
      break;
    case 'hang':
      for (;;); // busy without end: never renews, never answers
  }
}
