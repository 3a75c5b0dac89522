import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LabelMatrix } from '../../src/core/label-matrix.js';
import { STUDY_ACTIONS } from '../../src/core/study-actions.js';
import { baselinePredictions } from '../../src/evaluation/baselines.js';
import { matchOnsets } from '../../src/session/onsets.js';
import { scoreOnsets } from '../../src/evaluation/onset-scores.js';
import { scoreLabels } from '../../src/evaluation/scores.js';
import { Random } from '../../src/core/random.js';

/** Frames of which one action is held in the given ranges [first, end). */
function held(frames: number, action: string, ...ranges: readonly (readonly [number, number])[]): LabelMatrix {
  const rows = LabelMatrix.zeros(STUDY_ACTIONS, frames);
  for (const [first, end] of ranges) {
    for (let frame = first; frame < end; frame += 1) rows.set(frame, STUDY_ACTIONS.indexOf(action), 1);
  }
  return rows;
}

test('a press counts at the tolerance at which it meets the human’s, and its lag is given in milliseconds', () => {
  const human = held(60, 'JUMP', [10, 13], [30, 33], [50, 53]);
  const model = held(60, 'JUMP', [10, 12], [31, 33], [48, 49]);
  const { JUMP } = scoreOnsets(human, model, { rateHz: 10 }).perAction;
  assert.deepEqual(
    JUMP.within.map(({ toleranceFrames, matched }) => [toleranceFrames, matched]),
    [
      [0, 1],
      [1, 2],
      [2, 3],
    ],
  );
  assert.deepEqual([JUMP.lagMs!.median, JUMP.lagMs!.mean.toFixed(6), JUMP.lagMs!.n], [0, '-33.333333', 3]);
  const bins = JUMP.leadLag.filter(({ presses }) => presses > 0).map(({ ms, presses }) => [ms, presses]);
  assert.deepEqual(bins, [
    [-200, 1],
    [0, 1],
    [100, 1],
  ]);
});

test('always holding SHOOT scores no press at any tolerance', () => {
  const human = held(40, 'SHOOT', [5, 10], [20, 30]);
  const { all, perAction } = scoreOnsets(human, held(40, 'SHOOT', [0, 40]), { rateHz: 10 });
  assert.deepEqual([all.human, all.predicted], [2, 0]);
  assert.ok(perAction.SHOOT.within.every(({ f1, matched }) => f1 === 0 && matched === 0));
  assert.equal(all.lagMs, null);
});

test('a press matches its nearest partner, not merely the first in reach', () => {
  assert.deepEqual(matchOnsets([10], [8, 10], 2), [[10, 10]]);
  assert.deepEqual(matchOnsets([10, 14], [9, 12], 2), [
    [10, 9],
    [14, 12],
  ]);
});

/** All matchings, tried one by one. */
function bestMatching(human: number[], predicted: number[], k: number): { pairs: number; distance: number } {
  if (human.length === 0) return { pairs: 0, distance: 0 };
  const [first, ...rest] = human;
  let best = bestMatching(rest, predicted, k);
  predicted.forEach((candidate, i) => {
    if (Math.abs(candidate - first) > k) return;
    const others = bestMatching(rest, predicted.toSpliced(i, 1), k);
    const found = { pairs: others.pairs + 1, distance: others.distance + Math.abs(candidate - first) };
    if (found.pairs > best.pairs || (found.pairs === best.pairs && found.distance < best.distance)) best = found;
  });
  return best;
}

test('matching pairs as many presses as possible, and of those matchings takes the nearest', () => {
  const random = new Random(1);
  const some = (): number[] =>
    [...new Set(Array.from({ length: 6 }, () => random.integer(0, 16)))].sort((a, b) => a - b);
  for (let round = 0; round < 300; round += 1) {
    const [human, predicted, k] = [some(), some(), random.integer(0, 3)];
    const pairs = matchOnsets(human, predicted, k);
    const distance = pairs.reduce((sum, [a, b]) => sum + Math.abs(a - b), 0);
    assert.deepEqual(
      { pairs: pairs.length, distance },
      bestMatching(human, predicted, k),
      `${human.join()} to ${predicted.join()} within ${k}`,
    );
    assert.equal(new Set(pairs.map(([, met]) => met)).size, pairs.length, 'each is used once');
  }
});

test('kappa is 0 for a constant prediction, 1 for a perfect one, and none where nothing varies', () => {
  const human = held(20, 'UP', [5, 12]);
  assert.equal(scoreLabels(human, human).perAction.UP.kappa, 1);
  assert.equal(scoreLabels(human, held(20, 'UP', [0, 20])).perAction.UP.kappa, 0);
  assert.equal(scoreLabels(human, human).perAction.DOWN.kappa, null);
  // by hand: 4 both, 1 model alone, 2 human alone, 13 neither
  const kappa = scoreLabels(held(20, 'UP', [5, 11]), held(20, 'UP', [7, 12])).perAction.UP.kappa!;
  const byChance = (6 * 5 + 14 * 15) / 400;
  assert.ok(Math.abs(kappa - (17 / 20 - byChance) / (1 - byChance)) < 1e-12);
});

test('baselines: the majority holds what is held most of the time, copying is late, SHOOT is always held', () => {
  const labels = held(10, 'SHOOT', [0, 8]);
  for (const frame of [4, 5]) labels.set(frame, STUDY_ACTIONS.indexOf('JUMP'), 1);
  const before = LabelMatrix.zeros(STUDY_ACTIONS, 10);
  for (let frame = 1; frame < 10; frame += 1) before.setHeld(frame, labels.held(frame - 1));
  const { majority, copyLast, alwaysShoot } = baselinePredictions(labels, before);
  assert.deepEqual(majority, held(10, 'SHOOT', [0, 10]));
  assert.deepEqual(alwaysShoot, held(10, 'SHOOT', [0, 10]));
  assert.deepEqual(copyLast, before);
});
