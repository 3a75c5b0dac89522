/** The verdict on a model, by labels and predictions that the test makes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ActionSet } from '../../src/core/action-set.js';
import { LabelMatrix } from '../../src/core/label-matrix.js';
import { Random } from '../../src/core/random.js';
import { learnedFrom, oneFrameBefore } from '../../src/evaluation/learned.js';
import { scoreLabels } from '../../src/evaluation/scores.js';

const FRAMES = 2000;
const ACTIONS = new ActionSet({ names: ['WEST', 'EAST', 'FIRE', 'SLOW'], scored: ['WEST', 'EAST', 'SLOW'] });

/** WEST and EAST in turns of 7 frames, FIRE for 80 % of the time, SLOW never. */
const LABELS = LabelMatrix.fromHeld(
  ACTIONS,
  Array.from({ length: FRAMES }, (_, frame) => {
    const side = ['WEST', 'EAST', null][Math.floor(frame / 7) % 3];
    return ACTIONS.holding(...(side === null ? [] : [side]), ...(frame % 5 === 0 ? [] : ['FIRE']));
  }),
);

function learned(predicted: (frame: number) => number) {
  const predictions = LabelMatrix.fromHeld(
    ACTIONS,
    Array.from({ length: FRAMES }, (_, frame) => predicted(frame)),
  );
  const scores = scoreLabels(LABELS, predictions);
  return { ...learnedFrom(scores, LABELS, oneFrameBefore(LABELS)), scores };
}

test('agreement alone is not enough: where the scored actions do worse than held keys, the sentence says so', () => {
  // FIRE, which is not scored, is right; the scored ones hit so seldom that holding them would score more
  const { verdict, text, kappa, composite } = learned((frame) => {
    const right = LABELS.held(frame);
    const isSeen = Math.floor(frame / 7) % 21 < 3;
    return isSeen ? right : right & ACTIONS.holding('FIRE');
  });
  assert.ok(kappa! >= 0.25 && composite!.f1 < composite!.always, `${kappa} ${composite!.f1} ${composite!.always}`);
  assert.equal(verdict, 'little');
  assert.match(
    text,
    /^Little was learned: F1 of WEST, EAST is 0\.\d\d, and keys that are always held have 0\.\d\d; agreement/,
  );
});

test('a model that holds its keys all the time has learned little, whatever its F1', () => {
  const { verdict, text, perAction, kappa, composite } = learned(() => ACTIONS.holding('WEST', 'EAST', 'FIRE'));
  assert.equal(verdict, 'little');
  assert.ok(perAction['FIRE'].f1! > 0.85);
  assert.equal(perAction['FIRE'].f1, perAction['FIRE'].always);
  assert.equal(kappa, 0);
  assert.equal(composite?.f1, composite?.always);
  assert.match(
    text,
    /^Little was learned: agreement beyond chance is 0\.00 .* WEST, EAST, FIRE are no better than .* always held; record more play.*play --record/,
  );
});

test('a weak model has learned little where its agreement is that of agents that played no better than a held key', () => {
  const random = new Random(3);
  // right in one frame of five, else at random as often as the human holds each
  const weak = learned((frame) =>
    random.next() < 0.2 ? LABELS.held(frame) : LABELS.held(Math.floor(random.next() * FRAMES)),
  );
  assert.ok(weak.kappa! > 0.15 && weak.kappa! < 0.25, String(weak.kappa));
  assert.equal(weak.verdict, 'little');
});

test('half of the frames right is something, and nearly all of them is much', () => {
  const random = new Random(4);
  const mixed = (share: number) => () =>
    learned((frame) => (random.next() < share ? LABELS.held(frame) : LABELS.held(Math.floor(random.next() * FRAMES))));
  assert.equal(mixed(0.5)().verdict, 'some');
  const well = mixed(0.95)();
  assert.equal(well.verdict, 'well');
  assert.match(well.text, /^Much was learned: .*count its wins/);
});

test('an action that never occurs is absent everywhere and a zero nowhere', () => {
  const perfect = learned((frame) => LABELS.held(frame));
  assert.deepEqual(perfect.absent, ['SLOW']);
  assert.deepEqual(perfect.perAction['SLOW'], {
    ...{ support: 0, f1: null, always: null, majority: null, copyLast: null, kappa: null },
  });
  assert.deepEqual(perfect.composite?.over, ['WEST', 'EAST']);
  assert.equal(perfect.composite?.f1, 1);
  assert.equal(perfect.scores.composite, 1, 'not 2/3');
});

test('the composite is of the actions that the game scores, and the verdict of all that occur', () => {
  const { composite, kappa, perAction } = learned((frame) => LABELS.held(frame) & ~ACTIONS.bit('FIRE'));
  assert.equal(composite?.f1, 1, 'FIRE is not scored');
  assert.equal(perAction['FIRE'].kappa, 0);
  assert.ok(Math.abs(kappa! - 2 / 3) < 1e-9);
});

test('the majority and the last keys copied stand beside each action', () => {
  const { perAction } = learned(() => 0);
  const { FIRE, WEST } = perAction;
  assert.equal(FIRE.majority, FIRE.always);
  assert.equal(WEST.majority, 0, 'held in a third of the frames: the majority never holds it');
  assert.ok(WEST.copyLast! > 0.8 && WEST.copyLast! < 0.9, String(WEST.copyLast));
});

test('frames in which nothing was pressed say that nothing can be said', () => {
  const none = LabelMatrix.zeros(ACTIONS, 300);
  const scores = scoreLabels(none, none);
  const { verdict, text, composite } = learnedFrom(scores, none, none);
  assert.deepEqual([verdict, composite], ['little', null]);
  assert.match(
    text,
    /cannot be said: no action was both held and released in 20 of these frames; record longer fights/,
  );
});
