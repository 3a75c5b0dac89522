import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareRepeats, type Repeat } from '../../bench/measurements/window-ticks/comparison.js';

const repeat = (ms: number): Repeat => ({ encode: { p50: ms, p95: 2 * ms, p99: 3 * ms, max: 4 * ms } });

test('a difference is beyond the noise where every repeat of one version lies above every repeat of the other', () => {
  const [p50] = compareRepeats([4, 5, 6].map(repeat), [7, 8, 9].map(repeat));
  assert.deepEqual(p50, {
    step: 'encode',
    statistic: 'p50',
    here: 5,
    beside: 8,
    ratio: 5 / 8,
    isWithinNoise: false,
  });
});

test('a difference of medians is within the noise where the repeats overlap', () => {
  const [p50] = compareRepeats([4, 5, 8].map(repeat), [6, 7, 9].map(repeat));
  assert.equal(p50.here, 5);
  assert.equal(p50.beside, 7);
  assert.equal(p50.isWithinNoise, true);
});

test('a step that one of the versions does not have is left out, and nothing is divided by 0', () => {
  const here = [{ ...repeat(1), act: { p50: 1, p95: 1, p99: 1, max: 1 } }];
  const differences = compareRepeats(here, [repeat(0)]);
  assert.deepEqual([...new Set(differences.map(({ step }) => step))], ['encode']);
  assert.equal(differences[0].ratio, null);
});
