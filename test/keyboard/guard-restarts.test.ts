/** The restarts of a guard alone: no guard, no keys, and a clock that moves only while something sleeps. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { VirtualClock } from '../../src/core/clock.js';
import { GuardRestarts } from '../../src/keyboard/guard-restarts.js';

/** Restarts whose tries end as `outcomes` say, 'well' or the message of a failure; and what was reported when. */
function restartsOf(maxRestarts: number, outcomes: readonly string[]) {
  const clock = new VirtualClock();
  const said: string[] = [];
  let tries = 0;
  const restarts: GuardRestarts = new GuardRestarts({
    maxRestarts,
    clock,
    start: () => {
      const outcome = outcomes[tries];
      tries += 1;
      said.push(`try at ${clock.nowMs()}`);
      return outcome === 'well' ? Promise.resolve() : Promise.reject(new Error(outcome));
    },
    onRestarted: (attempt) => said.push(`well at try ${attempt}, ${restarts.isRunning ? 'running' : 'at rest'}`),
    onExhausted: (failure) => said.push(`no more: ${failure}, ${restarts.isRunning ? 'running' : 'at rest'}`),
  });
  return { restarts, said };
}

/** Runs everything that waits for no real time. */
const allTurns = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('a guard is started again after a pause where the first tries fail', async () => {
  const { restarts, said } = restartsOf(3, ['no server', 'no server', 'well']);
  restarts.begin(Promise.resolve());
  assert.ok(restarts.isRunning, 'from the call on');
  await allTurns();
  assert.deepEqual(said, ['try at 0', 'try at 250', 'try at 500', 'well at try 3, at rest']);
  assert.ok(!restarts.hasTries);
});

test('without a try left the last failure is reported, once no try is running', async () => {
  const { restarts, said } = restartsOf(2, ['no server', 'no keyboard']);
  restarts.begin(Promise.resolve());
  await allTurns();
  assert.deepEqual(said, ['try at 0', 'try at 250', 'no more: no keyboard, at rest']);
});

test('the tries of all losses count together', async () => {
  const { restarts, said } = restartsOf(2, ['well', 'well']);
  for (let loss = 0; loss < 2; loss += 1) {
    assert.ok(restarts.hasTries);
    restarts.begin(Promise.resolve());
    await allTurns();
  }
  assert.ok(!restarts.hasTries);
  assert.deepEqual(said, ['try at 0', 'well at try 1, at rest', 'try at 0', 'well at try 2, at rest']);
});

test('nothing is started before the keys of the lost guard are released', async () => {
  const { restarts, said } = restartsOf(1, ['well']);
  let released: () => void = () => undefined;
  restarts.begin(new Promise<void>((resolve) => (released = resolve)));
  await allTurns();
  assert.deepEqual(said, []);
  released();
  await allTurns();
  assert.deepEqual(said, ['try at 0', 'well at try 1, at rest']);
});

test('stopped restarts end the running try, start no other and report nothing', async () => {
  const clock = new VirtualClock();
  const said: string[] = [];
  let tries = 0;
  const restarts = new GuardRestarts({
    maxRestarts: 5,
    clock,
    start: (signal) => {
      tries += 1;
      return new Promise((_, reject) => {
        signal.addEventListener('abort', () => reject(new Error('aborted')));
      });
    },
    onRestarted: () => said.push('well'),
    onExhausted: () => said.push('no more'),
  });
  restarts.begin(Promise.resolve());
  await allTurns();
  await restarts.stop();
  assert.deepEqual([tries, said, restarts.isRunning], [1, [], false]);
  await restarts.stop(); // a second time: nothing happens
});
