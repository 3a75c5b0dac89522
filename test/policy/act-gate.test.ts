import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ActionSet, isHeld, NONE_HELD } from '../../src/core/action-set.js';
import { SampleGate } from '../../src/policy/act-gate.js';

const ACTIONS = new ActionSet({ names: ['LEFT', 'RIGHT', 'FIRE'], opposing: [['LEFT', 'RIGHT']] });

function gate(changes: Partial<ConstructorParameters<typeof SampleGate>[0]> = {}): SampleGate {
  return new SampleGate({ actions: ACTIONS, never: () => false, periodMs: 100, seed: 7, ...changes });
}

/** Share of `ticks` decisions, one a period, in which each action is held. */
function shares(drawn: SampleGate, probabilities: Float32Array, ticks = 4000): number[] {
  const held = [0, 0, 0];
  for (let tick = 0; tick < ticks; tick += 1) {
    const bits = drawn.decide(probabilities, tick * 100);
    for (let action = 0; action < 3; action += 1) if (isHeld(bits, action)) held[action] += 1;
  }
  return held.map((count) => count / ticks);
}

test('each action is held as often as its probability says', () => {
  const [left, , fire] = shares(gate(), Float32Array.of(0.3, 0, 0.8));
  assert.ok(Math.abs(left - 0.3) < 0.03, `LEFT ${left}`);
  assert.ok(Math.abs(fire - 0.8) < 0.03, `FIRE ${fire}`);
});

test('of two opposing actions that are both drawn, the more probable one is held', () => {
  const drawn = gate();
  for (let tick = 0; tick < 200; tick += 1) {
    assert.equal(drawn.decide(Float32Array.of(1, 0.999, 0), tick * 100), 1, 'LEFT alone');
  }
});

test('a draw stands for a period, also where ticks come faster, and the same seed draws the same keys', () => {
  const unsure = Float32Array.of(0.5, 0, 0.5);
  const run = (): number[] => {
    const drawn = gate();
    return Array.from({ length: 600 }, (_, tick) => drawn.decide(unsure, (tick * 1000) / 60));
  };
  const held = run();
  const changes = held.flatMap((bits, tick) => (tick > 0 && bits !== held[tick - 1] ? [tick] : []));
  const gaps = changes.slice(1).map((tick, index) => tick - changes[index]);
  assert.ok(changes.length > 20);
  assert.ok(Math.min(...gaps) >= 6, '60 ticks a second: six of them are a period of 100 ms');
  assert.deepEqual(run(), held);
});

test('an action that may not be held is not, and takes no draw from the others', () => {
  const some = Float32Array.of(0.5, 0, 0.5);
  const without = gate({ never: (action) => action === 'LEFT' });
  const all = gate();
  for (let tick = 0; tick < 300; tick += 1) {
    const bits = without.decide(some, tick * 100);
    assert.ok(!isHeld(bits, 0));
    assert.equal(bits, all.decide(some, tick * 100) & ~1);
  }
  without.reset();
  assert.equal(gate().decide(new Float32Array(3), 0), NONE_HELD);
});
