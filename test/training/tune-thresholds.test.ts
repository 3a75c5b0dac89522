import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LabelMatrix } from '../../src/core/label-matrix.js';
import { ProbabilityMatrix } from '../../src/core/probability-matrix.js';
import { STUDY_ACTIONS } from '../../src/core/study-actions.js';
import { heldAt, tuneThresholds } from '../../src/training/tune-thresholds.js';

const JUMP = STUDY_ACTIONS.indexOf('JUMP');
const DASH = STUDY_ACTIONS.indexOf('DASH');

/** 100 frames: JUMP held in the first 30, where its probability is 0.4, 0.1 elsewhere; DASH held in 5. */
function frames(): { probabilities: ProbabilityMatrix; labels: LabelMatrix } {
  const probabilities = new ProbabilityMatrix(STUDY_ACTIONS, new Float32Array(100 * STUDY_ACTIONS.count).fill(0.1));
  const labels = LabelMatrix.zeros(STUDY_ACTIONS, 100);
  for (let frame = 0; frame < 30; frame += 1) {
    labels.set(frame, JUMP, 1);
    probabilities.set(frame, JUMP, 0.4);
    if (frame < 5) labels.set(frame, DASH, 1);
  }
  return { probabilities, labels };
}

test('an action that is always too unsure gets a threshold that presses it', () => {
  const { probabilities, labels } = frames();
  const { JUMP: jump } = tuneThresholds(probabilities, labels);
  assert.ok(jump.press > 0.1 && jump.press <= 0.4, `press at ${jump.press}`);
  assert.ok(jump.release < jump.press && jump.release > 0);
});

test('an action without evidence keeps 0.5, and one that never occurs is out of reach', () => {
  const { probabilities, labels } = frames();
  const thresholds = tuneThresholds(probabilities, labels);
  assert.equal(thresholds.DASH.press, 0.5);
  assert.equal(thresholds.DOWN.press, 0.95);
});

test('what is held at the thresholds is what scores are made of', () => {
  const { probabilities, labels } = frames();
  const held = heldAt(probabilities, tuneThresholds(probabilities, labels));
  for (let frame = 0; frame < 100; frame += 1) {
    assert.equal(held.at(frame, JUMP), labels.at(frame, JUMP));
  }
});
