import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Random } from '../../src/core/random.js';
import { bootstrapIntervals } from '../../src/evaluation/bootstrap.js';
import { STUDY_ACTIONS } from '../../src/core/study-actions.js';
import { countFights, statisticsOf, sumCounts } from '../../src/evaluation/fight-counts.js';
import { normalCdf, normalQuantile, studentQuantile } from '../../src/evaluation/normal.js';
import { scoreLabels } from '../../src/evaluation/scores.js';
import { KNOWN_BINARY_ACCURACY, KNOWN_F1, syntheticFights } from '../../testing/sessions/synthetic-fights.js';

const named = (name: string) => statisticsOf(STUDY_ACTIONS).find((statistic) => statistic.name === name)!;
const CHECKED = ['binaryAccuracy', 'JUMP.f1', 'composite'].map(named);
const KNOWN = [KNOWN_BINARY_ACCURACY, KNOWN_F1, KNOWN_F1];
/** Of 100 draws alone, chance makes 2 more or fewer; of 1,000 it makes 0.7. */
const DRAWS = 1000;

test('the 95 % interval over 20 fights holds a known score in 93 to 97 of 100 draws', () => {
  const random = new Random(1);
  const covered = CHECKED.map(() => 0);
  for (let draw = 0; draw < DRAWS; draw += 1) {
    const { labels, predictions, fightOf } = syntheticFights(random, 20);
    const intervals = bootstrapIntervals(countFights(labels, predictions, fightOf), CHECKED);
    for (const [place, interval] of intervals.entries()) {
      if (interval![0] <= KNOWN[place] && KNOWN[place] <= interval![1]) covered[place] += 1;
    }
  }
  for (const [place, count] of covered.entries()) {
    const share = (100 * count) / DRAWS;
    assert.ok(share >= 93 && share <= 97, `${CHECKED[place].name}: ${share} of 100`);
  }
});

test('sums of fights give the same scores as all frames at once', () => {
  const { labels, predictions, fightOf } = syntheticFights(new Random(3), 8);
  const counts = sumCounts(countFights(labels, predictions, fightOf));
  const scores = scoreLabels(labels, predictions, { fightOf });
  const value = (name: string): number => named(name).of(counts)!;
  for (const name of ['composite', 'onsetF1', 'kappa', 'binaryAccuracy', 'subsetAccuracy'] as const) {
    assert.ok(Math.abs(value(name) - scores[name]!) < 1e-12, `${name}: ${value(name)} and ${scores[name]}`);
  }
  for (const name of ['precision', 'recall', 'f1', 'onsetF1', 'kappa'] as const) {
    assert.ok(Math.abs(value(`DASH.${name}`) - scores.perAction.DASH[name]!) < 1e-12, name);
  }
});

test('the same fights give the same interval, and too few fights give none', () => {
  const { labels, predictions, fightOf } = syntheticFights(new Random(2), 6);
  const fights = countFights(labels, predictions, fightOf);
  assert.deepEqual(bootstrapIntervals(fights, CHECKED), bootstrapIntervals(fights, CHECKED));
  assert.deepEqual(bootstrapIntervals(fights.slice(0, 4), CHECKED), [null, null, null]);
});

test('a score that is the same in every fight has an interval of no width', () => {
  const { labels, fightOf } = syntheticFights(new Random(4), 6);
  const [accuracy] = bootstrapIntervals(countFights(labels, labels, fightOf), CHECKED);
  assert.deepEqual(accuracy, [1, 1]);
});

test('an action that is never held has no interval', () => {
  const { labels, predictions, fightOf } = syntheticFights(new Random(5), 6);
  const without = labels.select([...Array(labels.count).keys()]);
  for (let frame = 0; frame < without.count; frame += 1) without.set(frame, STUDY_ACTIONS.indexOf('JUMP'), 0);
  assert.deepEqual(bootstrapIntervals(countFights(without, predictions, fightOf), [named('JUMP.f1')]), [null]);
});

test('quantiles of the normal and of Student’s t are those of the tables', () => {
  assert.ok(Math.abs(normalQuantile(0.975) - 1.959964) < 1e-5);
  assert.ok(Math.abs(normalCdf(-1.644854) - 0.05) < 1e-6);
  // Abramowitz and Stegun, table 26.10
  for (const [degrees, expected] of [
    [5, 2.571],
    [10, 2.228],
    [30, 2.042],
  ]) {
    assert.ok(Math.abs(studentQuantile(0.975, degrees) / expected - 1) < 0.01, `${degrees} degrees`);
  }
});
