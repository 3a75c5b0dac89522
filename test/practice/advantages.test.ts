import assert from 'node:assert/strict';
import { test } from 'node:test';
import { estimate } from '../../src/practice/advantages.js';

const REWARDS = Float32Array.of(1, 0, -2, 4);
const VALUES = Float32Array.of(0.5, 1, -1, 2);
const close = (got: Float32Array, expected: readonly number[]): void => {
  assert.equal(got.length, expected.length);
  for (const [step, value] of expected.entries())
    assert.ok(Math.abs(got[step] - value) < 1e-6, `${step}: ${got[step]}`);
};

test('with lambda 1 a return is all that came, discounted; with lambda 0 it is one reward and the word of the critic', () => {
  close(estimate(REWARDS, VALUES, { gamma: 1, lambda: 1 }).returns, [3, 2, 2, 4]);
  close(estimate(REWARDS, VALUES, { gamma: 0.5, lambda: 1 }).returns, [1, 0, 0, 4]);
  close(estimate(REWARDS, VALUES, { gamma: 0.5, lambda: 0 }).returns, [1.5, -0.5, -1, 4]);
});

test('an advantage is a return less what the critic said, and nothing follows the last decision', () => {
  const { advantages, returns } = estimate(REWARDS, VALUES, { gamma: 0.9, lambda: 0.8 });
  close(
    advantages,
    [...returns].map((value, step) => value - VALUES[step]),
  );
  assert.equal(advantages[3], 2);
  close(estimate(Float32Array.of(), Float32Array.of(), { gamma: 1, lambda: 1 }).advantages, []);
});
