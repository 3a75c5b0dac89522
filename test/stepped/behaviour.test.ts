import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ActionSet, isHeld } from '../../src/core/action-set.js';
import { Random } from '../../src/core/random.js';
import { BehaviourGate, behaviourOf, heldProbability } from '../../src/stepped/behaviour.js';
import type { BundleManifest } from '../../src/policy/manifest.js';

const ACTIONS = new ActionSet({ names: ['LEFT', 'RIGHT', 'JUMP'], opposing: [['LEFT', 'RIGHT']] });
const manifest = {
  actions: [...ACTIONS.names],
  thresholds: {
    LEFT: { press: 0.3, release: 0.3 },
    RIGHT: { press: 0.5, release: 0.5 },
    JUMP: { press: 1, release: 1 },
  },
} as unknown as BundleManifest;

test('at its threshold an action is held half of the time, and a low temperature makes the rest more certain', () => {
  const [warm, cold] = [1, 0.25].map((temperature) => behaviourOf(manifest, temperature));
  assert.ok(Math.abs(heldProbability(warm, 0, 0.3) - 0.5) < 1e-12);
  assert.ok(Math.abs(heldProbability(cold, 1, 0.5) - 0.5) < 1e-12);
  assert.ok(heldProbability(cold, 0, 0.6) > heldProbability(warm, 0, 0.6));
  assert.ok(heldProbability(cold, 0, 0.1) < heldProbability(warm, 0, 0.1));
  assert.ok(heldProbability(warm, 2, 0.9) < 1e-4); // a threshold of 1 is hardly ever reached, and is no infinity
  assert.ok(heldProbability(warm, 2, 0.9) > 0);
  assert.equal(heldProbability(warm, 0, 0), 0);
  assert.equal(heldProbability(warm, 0, 1), 1);
});

test('how a bundle acts says how it practises, where no temperature is given', () => {
  const byThresholds = behaviourOf(manifest, null);
  assert.equal(byThresholds.temperature, 0.5);
  assert.ok(Math.abs(heldProbability(byThresholds, 0, 0.3) - 0.5) < 1e-12);
  const drawn = behaviourOf({ ...manifest, act: 'sample' }, null);
  for (const probability of [0.1, 0.3, 0.9]) {
    assert.ok(Math.abs(heldProbability(drawn, 0, probability) - probability) < 1e-12);
  }
});

test('draws have their seed, follow the probabilities, and never press two opposing keys', () => {
  const behaviour = behaviourOf(
    { ...manifest, thresholds: { ...manifest.thresholds, LEFT: { press: 0.5, release: 0.5 } } },
    1,
  );
  const probabilities = Float32Array.of(0.8, 0.6, 0);
  const play = (seed: number) => {
    const drawn: number[] = [];
    const gate = new BehaviourGate(behaviour, ACTIONS, seed, (bits) => drawn.push(bits));
    return { held: Array.from({ length: 4000 }, () => gate.decide(probabilities)), drawn };
  };
  const first = play(1);
  assert.deepEqual(play(1), first);
  assert.notDeepEqual(play(2).drawn, first.drawn);
  // not the game's own numbers, whose seed is the fight's
  const game = new Random(1);
  const ofGame = Array.from({ length: 12_000 }, () => game.next());
  const asGame = first.drawn.filter(
    (bits, index) => bits === (Number(ofGame[3 * index] < 0.8) | (Number(ofGame[3 * index + 1] < 0.6) << 1)),
  );
  assert.ok(asGame.length < 3000, `${asGame.length} of 4000 draws`);
  const share = (bits: readonly number[], action: number): number =>
    bits.filter((each) => isHeld(each, action)).length / bits.length;
  assert.ok(Math.abs(share(first.drawn, 0) - 0.8) < 0.03 && Math.abs(share(first.drawn, 1) - 0.6) < 0.03);
  assert.equal(first.held.filter((each) => isHeld(each, 0) && isHeld(each, 1)).length, 0);
  assert.ok(Math.abs(share(first.held, 1) - 0.6 * 0.2) < 0.03); // RIGHT, the less probable one, only without LEFT
  assert.equal(share(first.drawn, 2), 0);
});
