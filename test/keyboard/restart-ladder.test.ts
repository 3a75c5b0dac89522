/** The ladder of restarts alone: no guard, no keys, and a clock that moves only while something sleeps. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { VirtualClock } from '../../src/core/clock.js';
import { RestartLadder } from '../../src/keyboard/restart-ladder.js';

/** A ladder whose tries end as `outcomes` say, 'well' or the words of a failure, and what it said and when. */
function ladderOf(maxRestarts: number, outcomes: readonly string[]) {
  const clock = new VirtualClock();
  const said: string[] = [];
  let tries = 0;
  const ladder: RestartLadder = new RestartLadder({
    maxRestarts,
    clock,
    start: () => {
      const outcome = outcomes[tries];
      tries += 1;
      said.push(`try at ${clock.nowMs()}`);
      return outcome === 'well' ? Promise.resolve() : Promise.reject(new Error(outcome));
    },
    onRestarted: (attempt) => said.push(`well at try ${attempt}, ${ladder.isClimbing ? 'climbing' : 'at rest'}`),
    onExhausted: (failure) => said.push(`no more: ${failure}, ${ladder.isClimbing ? 'climbing' : 'at rest'}`),
  });
  return { ladder, said };
}

/** Runs everything that waits for no real time. */
const allTurns = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('a guard is started again after a pause where the first tries fail', async () => {
  const { ladder, said } = ladderOf(3, ['no server', 'no server', 'well']);
  ladder.climb(Promise.resolve());
  assert.ok(ladder.isClimbing, 'from the call on');
  await allTurns();
  assert.deepEqual(said, ['try at 0', 'try at 250', 'try at 500', 'well at try 3, at rest']);
  assert.ok(!ladder.hasTries);
});

test('without a try left the last failure is reported, once the ladder is at rest', async () => {
  const { ladder, said } = ladderOf(2, ['no server', 'no keyboard']);
  ladder.climb(Promise.resolve());
  await allTurns();
  assert.deepEqual(said, ['try at 0', 'try at 250', 'no more: no keyboard, at rest']);
});

test('the tries of all losses count together', async () => {
  const { ladder, said } = ladderOf(2, ['well', 'well']);
  for (let loss = 0; loss < 2; loss += 1) {
    assert.ok(ladder.hasTries);
    ladder.climb(Promise.resolve());
    await allTurns();
  }
  assert.ok(!ladder.hasTries);
  assert.deepEqual(said, ['try at 0', 'well at try 1, at rest', 'try at 0', 'well at try 2, at rest']);
});

test('nothing is started before the keys of the lost guard are released', async () => {
  const { ladder, said } = ladderOf(1, ['well']);
  let released: () => void = () => undefined;
  ladder.climb(new Promise<void>((resolve) => (released = resolve)));
  await allTurns();
  assert.deepEqual(said, []);
  released();
  await allTurns();
  assert.deepEqual(said, ['try at 0', 'well at try 1, at rest']);
});

test('a ladder that is stopped ends the running try, starts none after it and reports nothing', async () => {
  const clock = new VirtualClock();
  const said: string[] = [];
  let tries = 0;
  const ladder = new RestartLadder({
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
  ladder.climb(Promise.resolve());
  await allTurns();
  await ladder.stop();
  assert.deepEqual([tries, said, ladder.isClimbing], [1, [], false]);
  await ladder.stop(); // at rest: nothing happens
});
