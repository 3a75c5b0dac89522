import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import {
  ACTION_COUNT,
  ACTIONS,
  heldNames,
  holding,
  isHeld,
  NONE_HELD,
  type ActionName,
} from '../../src/core/actions.js';
import { UnderstudyError } from '../../src/core/errors.js';
import { parseThreshold, ThresholdGate, type Thresholds } from '../../src/policy/thresholds.js';

const ALL: Thresholds = Object.fromEntries(ACTIONS.map((action) => [action, { press: 0.6, release: 0.4 }]));

const gateWith = (minHoldMs = 0, minGapMs = 0, thresholds = ALL) =>
  new ThresholdGate({ thresholds, minHoldMs, minGapMs });

function probabilities(of: Partial<Record<ActionName, number>>): Float32Array {
  return Float32Array.from(ACTIONS, (action) => of[action] ?? 0);
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

test('without minimal holds an action other than a direction is pressed at its press and let go below its release', () => {
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
  const decide = (of: Partial<Record<ActionName, number>>) => gateWith().decide(probabilities(of), 0);
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

test('an action without a threshold is never pressed, and a reset lets go of all', () => {
  const gate = gateWith(1000, 1000, { JUMP: { press: 0.5, release: 0.4 } });
  assert.equal(gate.decide(new Float32Array(ACTION_COUNT).fill(1), 0), holding('JUMP'));
  gate.reset();
  assert.equal(gate.decide(probabilities({}), 1), NONE_HELD);
});

test('a probability that is no number presses nothing', () => {
  assert.equal(gateWith().decide(new Float32Array(ACTION_COUNT).fill(Number.NaN), 0), NONE_HELD);
});

test('a threshold is read with one number or two', () => {
  assert.deepEqual(parseThreshold('JUMP=0.4/0.3'), { action: 'JUMP', threshold: { press: 0.4, release: 0.3 } });
  const single = parseThreshold('jump=0.4');
  assert.equal(single.action, 'JUMP');
  assert.equal(single.threshold.press, 0.4);
  assert.ok(single.threshold.release > 0.3 && single.threshold.release < 0.4);
  const small = parseThreshold('DASH=0.02').threshold;
  assert.ok(small.release > 0 && small.release < small.press);
});

test('a threshold that cannot be is refused by code', () => {
  const code = (text: string) => {
    try {
      parseThreshold(text);
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
