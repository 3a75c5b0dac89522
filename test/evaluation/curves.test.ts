import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LabelMatrix } from '../../src/core/label-matrix.js';
import { ProbabilityMatrix } from '../../src/core/probability-matrix.js';
import { STUDY_ACTIONS } from '../../src/core/study-actions.js';
import { Random } from '../../src/core/random.js';
import { CURVE_THRESHOLDS, thresholdCurves } from '../../src/evaluation/curves.js';
import { scoreLabels } from '../../src/evaluation/scores.js';

const JUMP = STUDY_ACTIONS.indexOf('JUMP');

/** Frames whose JUMP has these labels and probabilities. */
function frames(rows: readonly (readonly [held: 0 | 1, probability: number])[]) {
  const labels = LabelMatrix.zeros(STUDY_ACTIONS, rows.length);
  const probabilities = ProbabilityMatrix.zeros(STUDY_ACTIONS, rows.length);
  rows.forEach(([held, probability], row) => {
    labels.set(row, JUMP, held);
    probabilities.set(row, JUMP, probability);
  });
  return { labels, probabilities };
}

test('each point of a curve is the score at that threshold', () => {
  const random = new Random(1);
  const rows = Array.from({ length: 200 }, () => [random.integer(0, 1) === 0 ? 0 : 1, random.next()] as const);
  const { labels, probabilities } = frames(rows);
  const { points, best } = thresholdCurves(labels, probabilities).JUMP;
  assert.equal(points.length, CURVE_THRESHOLDS.length);
  for (const { threshold, precision, recall, f1 } of points) {
    const held = Array.from(probabilities.column(JUMP), (p) => (p >= threshold ? STUDY_ACTIONS.bit('JUMP') : 0));
    const predictions = LabelMatrix.fromHeld(STUDY_ACTIONS, held);
    const score = scoreLabels(labels, predictions).perAction.JUMP;
    assert.deepEqual([precision ?? 0, recall, f1], [score.precision, score.recall, score.f1]);
  }
  assert.equal(best!.f1, Math.max(...points.map(({ f1 }) => f1)));
});

test('average precision is scikit-learn’s', () => {
  // average_precision_score([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]) = 0.8333...
  const { labels, probabilities } = frames([
    [0, 0.1],
    [0, 0.4],
    [1, 0.35],
    [1, 0.8],
  ]);
  assert.ok(Math.abs(thresholdCurves(labels, probabilities).JUMP.averagePrecision! - 5 / 6) < 1e-12);
});

test('an action that was never held has no curve', () => {
  const { labels, probabilities } = frames([[1, 0.9]]);
  assert.deepEqual(thresholdCurves(labels, probabilities).DASH, {
    support: 0,
    points: [],
    averagePrecision: null,
    best: null,
  });
});
