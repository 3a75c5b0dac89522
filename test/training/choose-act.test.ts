import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ActionSet } from '../../src/core/action-set.js';
import { LabelMatrix } from '../../src/core/label-matrix.js';
import { ProbabilityMatrix } from '../../src/core/probability-matrix.js';
import { Random } from '../../src/core/random.js';
import { thresholdAt } from '../../src/policy/thresholds.js';
import { chooseWay, type HeldOut } from '../../src/training/choose-act.js';
import { habitsOf, paceText } from '../../src/training/habits.js';
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

test('what an agent would do after an epoch stands beside what the person did', () => {
  const actions = new ActionSet({ names: ['LEFT', 'RIGHT', 'JUMP'], opposing: [['LEFT', 'RIGHT']] });
  const { LEFT, RIGHT, JUMP } = { LEFT: [1, 0, 0], RIGHT: [0, 1, 0], JUMP: [0, 0, 1] };
  const none = [0, 0, 0];
  // 12 frames, 10 a second: two fights; the turn between them is none
  const person = [none, LEFT, none, RIGHT, LEFT, LEFT, none, RIGHT, RIGHT, JUMP, none, JUMP];
  const labels = new LabelMatrix(actions, Uint8Array.from(person.flat()));
  const answers = new ProbabilityMatrix(
    actions,
    Float32Array.from(person.flat(), (held) => (held === 1 ? 0.49 : 0.2)),
  );
  for (const row of [1, 2, 3]) answers.set(row, 0, 0.5); // LEFT alone, once
  const fightOf = Int32Array.from(person, (_, frame) => (frame < 6 ? 0 : 1));
  const text = paceText(answers, labels, fightOf, 10);
  assert.equal(text, 'agent at 0.5 (person): 50 (300) presses a minute, 0 (100) turns, 0.25 (0.67) keys held');
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
