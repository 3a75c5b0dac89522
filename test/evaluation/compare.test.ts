import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Random } from '../../src/core/random.js';
import { compareDocuments } from '../../src/evaluation/compare.js';
import { compareMeasures, measuresOf, type Measure } from '../../src/evaluation/measures.js';

const latencies = (seed: number, middle: number): number[] => {
  const random = new Random(seed);
  return Array.from({ length: 600 }, () => middle + Math.abs(random.normal()));
};
const p99 = (samples: number[]): Measure => ({
  name: 'latencyMs.p99',
  value: [...samples].sort((a, b) => a - b)[Math.ceil(0.99 * samples.length) - 1],
  unit: 'ms',
  better: 'lower',
  statistic: 'p99',
  samples,
});

test('a p99 that moved by more than its noise has changed, and for the worse', () => {
  const [change] = compareMeasures([p99(latencies(1, 5))], [p99(latencies(2, 8))]);
  assert.equal(change.verdict, 'changed');
  assert.equal(change.isBetter, false);
  assert.ok(change.interval![0] > 1 && change.interval![1] < 5, String(change.interval));
});

test('two runs of the same thing are the same', () => {
  const [change] = compareMeasures([p99(latencies(1, 5))], [p99(latencies(2, 5))]);
  assert.equal(change.verdict, 'same');
});

test('a histogram says what its samples say', () => {
  const samples = latencies(1, 5).map((ms) => Number(ms.toFixed(1)));
  const counts = new Map<number, number>();
  for (const ms of samples) counts.set(ms, (counts.get(ms) ?? 0) + 1);
  const histogram: Measure = { ...p99(samples), samples: undefined, histogram: [...counts] };
  const other = p99(latencies(2, 8));
  assert.deepEqual(compareMeasures([histogram], [other])[0], compareMeasures([p99(samples)], [other])[0]);
});

test('values with intervals differ where the interval of their difference leaves out 0', () => {
  const value = (v: number, low: number, high: number): Measure => ({
    name: 'winRate',
    value: v,
    interval: [low, high],
  });
  assert.equal(compareMeasures([value(0.5, 0.4, 0.6)], [value(0.9, 0.8, 0.95)])[0].verdict, 'changed');
  assert.equal(compareMeasures([value(0.5, 0.4, 0.6)], [value(0.6, 0.5, 0.7)])[0].verdict, 'same');
});

test('without intervals and samples a difference is shown and not judged', () => {
  const before = { rateHz: 10, latencyMs: { p50: 5, note: 'x', list: [1, 2] } };
  const { changes } = compareDocuments(before, { rateHz: 9, latencyMs: { p50: 6 } });
  assert.deepEqual(
    changes.map(({ name, difference, verdict }) => [name, difference, verdict]),
    [
      ['rateHz', -1, 'unknown'],
      ['latencyMs.p50', 1, 'unknown'],
    ],
  );
});

test('malformed measures are refused', () => {
  assert.throws(() => measuresOf({ measures: [{ name: 'x', value: 'high' }] }));
});
