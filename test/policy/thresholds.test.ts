import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { ActionSet, isHeld, NONE_HELD, type HeldActions } from '../../src/core/action-set.js';
import { UnderstudyError } from '../../src/core/errors.js';
import { STUDY_ACTIONS, STUDY_NAMES, type StudyAction } from '../../src/core/study-actions.js';
import { parseThresholds, readThresholds, thresholdsFor } from '../../src/policy/threshold-list.js';
import { ThresholdGate, type Thresholds } from '../../src/policy/thresholds.js';

const ACTION_COUNT = STUDY_ACTIONS.count;
const holding = (...actions: readonly StudyAction[]) => STUDY_ACTIONS.holding(...actions);
const heldNames = (held: HeldActions) => STUDY_ACTIONS.heldNames(held);

const ALL: Thresholds = Object.fromEntries(STUDY_NAMES.map((action) => [action, { press: 0.6, release: 0.4 }]));

const gateWith = (minHoldMs = 0, minGapMs = 0, thresholds = ALL) =>
  new ThresholdGate({ actions: STUDY_ACTIONS, thresholds, minHoldMs, minGapMs });

function probabilities(of: Partial<Record<StudyAction, number>>): Float32Array {
  return Float32Array.from(STUDY_NAMES, (action) => of[action] ?? 0);
}

const probabilityVector = fc
  .array(fc.constantFrom(0, 0.2, 0.39, 0.4, 0.41, 0.5, 0.59, 0.6, 0.61, 0.8, 1), {
    minLength: ACTION_COUNT,
    maxLength: ACTION_COUNT,
  })
  .map((values) => Float32Array.from(values));
const script = fc.array(fc.record({ probability: probabilityVector, stepMs: fc.integer({ min: 1, max: 150 }) }), {
  maxLength: 60,
});

test('between the two thresholds an action stays as it was', () => {
  const gate = gateWith();
  const jump = (value: number, nowMs: number) => heldNames(gate.decide(probabilities({ JUMP: value }), nowMs));
  assert.deepEqual(jump(0.5, 0), []);
  assert.deepEqual(jump(0.6, 100), ['JUMP']);
  assert.deepEqual(jump(0.5, 200), ['JUMP']);
  assert.deepEqual(jump(0.39, 300), []);
  assert.deepEqual(jump(0.5, 400), []);
});

test('without minimal holds an action other than a direction is pressed at its press threshold and released below its release threshold', () => {
  fc.assert(
    fc.property(script, (steps) => {
      const gate = gateWith();
      let before = NONE_HELD;
      let nowMs = 0;
      for (const { probability, stepMs } of steps) {
        nowMs += stepMs;
        const held = gate.decide(probability, nowMs);
        for (const index of [4, 5, 6]) {
          const at = isHeld(before, index) ? Math.fround(0.4) : Math.fround(0.6);
          assert.equal(isHeld(held, index), probability[index] >= at);
        }
        before = held;
      }
    }),
  );
});

test('opposing directions are never held together', () => {
  fc.assert(
    fc.property(script, fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 300 }), (steps, hold, gap) => {
      const gate = gateWith(hold, gap);
      let nowMs = 0;
      for (const { probability, stepMs } of steps) {
        nowMs += stepMs;
        const names = heldNames(gate.decide(probability, nowMs));
        assert.ok(!(names.includes('LEFT') && names.includes('RIGHT')));
        assert.ok(!(names.includes('UP') && names.includes('DOWN')));
      }
    }),
  );
});

test('no press is shorter than the minimal hold and no pause shorter than the minimal gap', () => {
  fc.assert(
    fc.property(script, fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 300 }), (steps, hold, gap) => {
      const gate = gateWith(hold, gap);
      const changedAtMs = new Array<number>(ACTION_COUNT).fill(-Infinity);
      let before = NONE_HELD;
      let nowMs = 0;
      for (const { probability, stepMs } of steps) {
        nowMs += stepMs;
        const held = gate.decide(probability, nowMs);
        for (let index = 0; index < ACTION_COUNT; index += 1) {
          if (isHeld(held, index) === isHeld(before, index)) continue;
          assert.ok(nowMs - changedAtMs[index] >= (isHeld(held, index) ? gap : hold));
          changedAtMs[index] = nowMs;
        }
        before = held;
      }
    }),
  );
});

test('of two opposing directions the more probable is held, and neither in a tie', () => {
  const decide = (of: Partial<Record<StudyAction, number>>) => gateWith().decide(probabilities(of), 0);
  assert.equal(decide({ LEFT: 0.7, RIGHT: 0.8 }), holding('RIGHT'));
  assert.equal(decide({ LEFT: 0.9, RIGHT: 0.8 }), holding('LEFT'));
  assert.equal(decide({ LEFT: 0.8, RIGHT: 0.8, UP: 0.9, DOWN: 0.7 }), holding('UP'));
});

test('a direction in its minimal hold makes the opposing one wait', () => {
  const gate = gateWith(150);
  assert.equal(gate.decide(probabilities({ LEFT: 0.7 }), 0), holding('LEFT'));
  assert.equal(gate.decide(probabilities({ LEFT: 0.1, RIGHT: 0.9 }), 100), holding('LEFT'));
  assert.equal(gate.decide(probabilities({ LEFT: 0.1, RIGHT: 0.9 }), 200), holding('RIGHT'));
});

test('an action without a threshold is never pressed, and a reset releases all', () => {
  const gate = gateWith(1000, 1000, { JUMP: { press: 0.5, release: 0.4 } });
  assert.equal(gate.decide(new Float32Array(ACTION_COUNT).fill(1), 0), holding('JUMP'));
  gate.reset();
  assert.equal(gate.decide(probabilities({}), 1), NONE_HELD);
});

test('a probability that is NaN presses nothing', () => {
  assert.equal(gateWith().decide(new Float32Array(ACTION_COUNT).fill(Number.NaN), 0), NONE_HELD);
});

test('a threshold is read with one number or two', () => {
  const read = parseThresholds('SHOOT=0.4/0.3, jump = 0.4,DASH=0.02', STUDY_ACTIONS);
  assert.deepEqual(Object.keys(read), ['SHOOT', 'JUMP', 'DASH']);
  assert.deepEqual(read.SHOOT, { press: 0.4, release: 0.3 });
  assert.equal(read.JUMP?.press, 0.4);
  assert.ok(read.JUMP.release > 0.3 && read.JUMP.release < 0.4);
  assert.ok(read.DASH !== undefined && read.DASH.release > 0 && read.DASH.release < read.DASH.press);
});

test('a threshold that cannot be is refused by code', () => {
  const code = (text: string) => {
    try {
      parseThresholds(text, STUDY_ACTIONS);
    } catch (error) {
      return error instanceof UnderstudyError ? error.code : error;
    }
    return null;
  };
  assert.equal(code('FLY=0.5'), 'unknown-action');
  for (const text of ['JUMP', 'JUMP=', 'JUMP=x', 'JUMP=0', 'JUMP=-0.1', 'JUMP=1.1', 'JUMP=0.4/0.5', 'JUMP=0.4/0']) {
    assert.equal(code(text), 'bad-threshold', text);
  }
  for (const text of ['JUMP=0.4/', 'JUMP=0.4/0.3/0.2', 'JUMP=0.4=0.3', 'JUMP=NaN']) {
    assert.equal(code(text), 'bad-threshold', text);
  }
});

test('before the actions are known a list is refused for its numbers alone, and for its names once they are', () => {
  const read = readThresholds('FLY=0.5/0.4,glide=0.4/0.3');
  const actions = new ActionSet({ names: ['Glide', 'FLY'] });
  assert.deepEqual(thresholdsFor(actions, read), {
    FLY: { press: 0.5, release: 0.4 },
    Glide: { press: 0.4, release: 0.3 },
  });
  assert.throws(() => thresholdsFor(STUDY_ACTIONS, read), { code: 'unknown-action', message: /--threshold: 'FLY'/ });
  for (const text of ['', 'FLY', 'FLY=2', 'FLY=0.4/0.5']) {
    assert.throws(() => readThresholds(text), { code: 'bad-threshold' }, text);
  }
});

for (const count of [3, 12]) {
  test(`a set of ${count} actions is decided about in its own order, its opposing pair apart`, () => {
    const names = Array.from({ length: count }, (_, i) => `act-${i}`);
    const actions = new ActionSet({ names, opposing: [['act-0', names[count - 1]]] });
    const thresholds = parseThresholds(names.map((name) => `${name.toUpperCase()}=0.6/0.4`).join(), actions);
    const gate = new ThresholdGate({ actions, thresholds, minHoldMs: 0, minGapMs: 0 });
    const only = (index: number) => Float32Array.from(names, (_, i) => (i === index ? 0.9 : 0.1));
    for (const index of names.keys()) assert.equal(gate.decide(only(index), 100 * index), 1 << index);
    const both = Float32Array.from(names, (_, i) => (i === 0 ? 0.7 : 0.8));
    assert.deepEqual(actions.heldNames(gate.decide(both, 5000)), names.slice(1));
  });
}
