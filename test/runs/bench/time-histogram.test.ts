import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { quantile } from '../../../src/core/quantiles.js';
import { TimeHistogram } from '../../../src/runs/bench/time-histogram.js';

/** Microseconds are counted, to three digits. */
const tolerance = (ms: number): number => Math.max(0.001, ms * 0.001);

test('percentiles equal those of the sorted samples, to a microsecond or a thousandth', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0, max: 5000, noNaN: true }), { minLength: 1, maxLength: 400 }),
      (samples) => {
        const histogram = new TimeHistogram();
        for (const ms of samples) histogram.add(ms);
        const sorted = Float64Array.from(samples).sort();
        const got = histogram.percentiles()!;
        assert.equal(got.n, samples.length);
        assert.equal(got.max, sorted[sorted.length - 1]);
        for (const [name, q] of [
          ['p50', 0.5],
          ['p90', 0.9],
          ['p99', 0.99],
          ['p999', 0.999],
        ] as const) {
          const expected = quantile(sorted, q);
          assert.ok(
            Math.abs(got[name] - expected) <= tolerance(expected),
            `${name}: ${got[name]}, expected ${expected}`,
          );
        }
      },
    ),
  );
});

test('without samples there are no percentiles, and no bars', () => {
  const histogram = new TimeHistogram();
  assert.equal(histogram.percentiles(), null);
  assert.deepEqual(histogram.bars(), []);
});

test('its bars hold every sample once, in ascending order', () => {
  const histogram = new TimeHistogram();
  for (const ms of [5, 0.25, 5, 100, 0]) histogram.add(ms);
  assert.deepEqual(
    histogram.bars().map(([ms, count]) => [Number(ms.toFixed(2)), count]),
    [
      [0, 1],
      [0.25, 1],
      [5, 2],
      [100, 1],
    ],
  );
});

test('a stall of an hour counts as ten minutes: it is not lost', () => {
  const histogram = new TimeHistogram();
  histogram.add(3_600_000);
  assert.equal(histogram.percentiles()?.max, 600_000);
});
