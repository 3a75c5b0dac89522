import assert from 'node:assert/strict';
import { test } from 'node:test';
import { signTest, wilson95 } from '../../src/evaluation/intervals.js';

const rounded = (bounds: readonly number[]): number[] => bounds.map((bound) => Math.round(bound * 1e4) / 1e4);

test('intervals are those of the published examples', () => {
  // Newcombe, Statistics in Medicine 17 (1998), table I, method 3
  assert.deepEqual(rounded(wilson95(81, 263)), [0.2553, 0.3662]);
  assert.deepEqual(rounded(wilson95(15, 148)), [0.0624, 0.1605]);
  assert.deepEqual(rounded(wilson95(0, 20)), [0, 0.1611]);
  assert.deepEqual(rounded(wilson95(1, 29)), [0.0061, 0.1718]);
});

test('a hundred wins of a hundred may still be 96.3 %', () => {
  assert.deepEqual(rounded(wilson95(100, 100)), [0.963, 1]);
});

test('an interval contains its rate and never leaves 0 to 1', () => {
  for (const trials of [1, 2, 7, 50, 1000]) {
    for (let wins = 0; wins <= trials; wins += 1) {
      const [low, high] = wilson95(wins, trials);
      assert.ok(low >= 0 && low <= wins / trials && wins / trials <= high && high <= 1);
    }
  }
});

test('no trials have no interval', () => {
  assert.throws(() => wilson95(0, 0), RangeError);
  assert.throws(() => wilson95(3, 2), RangeError);
});

test('the sign test is exact: six wins of six that differ, or eight of nine, are rarer than one in twenty', () => {
  const near = (p: number, expected: number): void =>
    assert.ok(Math.abs(p - expected) < 1e-12, `${p}, not ${expected}`);
  near(signTest(5, 0), 2 / 2 ** 5);
  near(signTest(6, 0), 2 / 2 ** 6);
  near(signTest(8, 1), (2 * (1 + 9)) / 2 ** 9);
  near(signTest(1, 8), signTest(8, 1));
  assert.deepEqual([signTest(0, 0), signTest(4, 4)], [1, 1]);
  assert.ok(signTest(2600, 2400) < 0.005 && signTest(2600, 2400) > 0.004, 'of thousands, too');
});
