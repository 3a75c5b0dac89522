import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ActionSet } from '../../src/core/action-set.js';
import { LabelMatrix } from '../../src/core/label-matrix.js';
import { ProbabilityMatrix } from '../../src/core/probability-matrix.js';
import { Random } from '../../src/core/random.js';
import { thresholdAt } from '../../src/policy/thresholds.js';
import { chooseWay, habitsOf, type HeldOut } from '../../src/training/choose-act.js';
import { thresholdsByRate, tuneThresholds } from '../../src/training/tune-thresholds.js';

const ACTIONS = new ActionSet({ names: ['STEP'] });
const FPS = 10;

/** Holds of `hold` frames with pauses of `pause`; the model answers `sure` where it is held and `unsure` elsewhere. */
function play(hold: number, pause: number, sure: number, unsure: number, noise = 0): HeldOut {
  const count = 3000;
  const random = new Random(1);
  const labels = LabelMatrix.zeros(ACTIONS, count);
  const probabilities = ProbabilityMatrix.zeros(ACTIONS, count);
  for (let frame = 0; frame < count; frame += 1) {
    const isHeld = frame % (hold + pause) < hold;
    if (isHeld) labels.set(frame, 0, 1);
    probabilities.set(frame, 0, (isHeld ? sure : unsure) + random.uniform(-noise, noise));
  }
  return { labels, probabilities, fightOf: new Int32Array(count) };
}

function ways({ probabilities, labels }: HeldOut) {
  const byRate = thresholdsByRate(probabilities, labels);
  return [
    { act: 'threshold', thresholds: tuneThresholds(probabilities, labels) },
    { act: 'threshold', thresholds: byRate },
    { act: 'sample', thresholds: byRate },
  ] as const;
}

test('habits are how often a key is pressed, how long, and in which share of the frames', () => {
  const { labels, fightOf } = play(5, 15, 1, 0);
  const { STEP: habit } = habitsOf(labels, fightOf, FPS);
  assert.ok(Math.abs(habit.pressesPerMinute - 30) < 0.5, `${habit.pressesPerMinute}`);
  assert.equal(habit.held, 0.25);
  assert.ok(Math.abs(habit.holdSeconds! - 0.5) < 0.01);
});

test('a model that is sure acts by thresholds: draws would break its long holds', () => {
  const heldOut = play(40, 40, 0.95, 0.05);
  const { index, distances } = chooseWay(heldOut, ways(heldOut), FPS);
  assert.ok(index < 2, `${distances.join()}`);
});

test('a model that is unsure acts by draws: a threshold would hold its key all the time or never', () => {
  const heldOut = play(1, 3, 0.26, 0.24);
  const fixed = [0.2, 0.5].map((press) => ({ act: 'threshold' as const, thresholds: { STEP: thresholdAt(press) } }));
  const choice = chooseWay(heldOut, [...fixed, { act: 'sample', thresholds: {} }], FPS);
  assert.equal(choice.index, 2, choice.distances.join());
  assert.ok(Math.abs(choice.agent['STEP'].held - 0.25) < 0.03);
});

test('thresholds by rate hold an action in as many frames as the person, where F1 presses it more often', () => {
  const heldOut = play(2, 8, 0.24, 0.2, 0.19);
  const { probabilities, labels } = heldOut;
  const share = (press: number): number => probabilities.column(0).filter((p) => p >= press).length / labels.count;
  assert.ok(Math.abs(share(thresholdsByRate(probabilities, labels).STEP.press) - 0.2) < 0.01);
  assert.ok(share(tuneThresholds(probabilities, labels).STEP.press) > 0.25);
});
