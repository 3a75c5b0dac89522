import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareFights, differenceText } from '../../src/evaluation/better.js';
import { madeBetterBy } from '../../src/evaluation/made-better.js';

const difference = { n: 200, mean: 0.16, low: 0.09, high: 0.235 };

test('what made a bundle better is told in its order, and nothing of a record of another kind', () => {
  const range = [1, 2];
  const seeds = { practised: range, checked: range, compared: range };
  const command = 'understudy practice models/mine';
  const first = {
    seeds,
    command,
    game: 'arena, hard',
    from: { id: 'aaa' },
    decisions: 1000,
    updates: 3,
    compared: { difference },
  };
  const second = {
    seeds,
    command,
    game: 'arena, brutal',
    from: { id: 'bbb' },
    decisions: 50,
    updates: 1,
    before: first,
  };
  const improved = {
    ...{ round: 2, from: { id: 'ccc' }, played: { by: 'wins' }, difference: { ...difference, low: null } },
    gathered: [{ fights: 3, how: { recorded: 7 } }],
  };
  assert.deepEqual(madeBetterBy({ training: { kind: 'trained', improved, practised: second } }), [
    'round 2 of improve: +0.160 wins a fight to ccc',
    'practice in arena, hard, 1000 decisions in 3 updates: +0.160 [+0.090, +0.235] wins a fight to aaa',
    'practice in arena, brutal, 50 decisions in 1 update',
  ]);
  assert.deepEqual(madeBetterBy({ training: { kind: 'trained', improved: 'much', practised: [1] } }), []);
});

test('better is what is above zero at 95 %, and of wins what the exact test calls so too', () => {
  const wins = (count: number): number[] => Array.from({ length: 40 }, (_, index) => Number(index < count));
  assert.equal(compareFights(wins(20), wins(35), true)?.isBetter, true);
  assert.equal(compareFights(wins(20), wins(22), true)?.isBetter, false);
  assert.equal(compareFights(wins(35), wins(20), true)?.isBetter, false);
  // five of five fights that differ: the bootstrap is sure, the sign test (1/16) is not
  const few = compareFights(wins(20), wins(25), true)!;
  assert.ok(few.difference.low! > 0 && !few.isBetter);
  assert.equal(compareFights(wins(20), wins(25), false)?.isBetter, true);
  assert.equal(compareFights([null, 1], [1, null], true), null);
  assert.equal(compareFights([null, 1, 0], [5, 2, null], false)?.difference.mean, 1);
  assert.equal(differenceText({ mean: -0.5, low: null, high: null }), '-0.500');
});
