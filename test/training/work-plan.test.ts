import assert from 'node:assert/strict';
import { test } from 'node:test';
import { autoencoderNetwork, headNetwork } from '../../src/training/architectures.js';
import { trainingCost, WorkPlan } from '../../src/training/work-plan.js';

test('the time left follows from what this run did, not from what an earlier one had done', () => {
  let nowMs = 0;
  const plan = new WorkPlan(() => nowMs);
  plan.add('before', 100, true);
  plan.add('first', 100);
  plan.add('second', 300);
  assert.equal(plan.secondsLeft, null, 'nothing is known yet');
  plan.at('first', 0);
  nowMs = 10_000;
  plan.at('first', 0.5);
  assert.equal(plan.secondsLeft, (350 * 10) / 50);
  assert.equal(plan.part, 150 / 500);
  plan.at('first', 0.2); // an early stop and a resumed epoch never go back
  assert.equal(plan.part, 150 / 500);
  plan.at('first', 1);
  plan.at('second', 1);
  assert.equal(plan.secondsLeft, 0);
  assert.equal(plan.part, 1);
});

test('costs grow with epochs, latent and samples, and an autoencoder outweighs a head', () => {
  const encoder = (latentSize: number): number =>
    trainingCost(autoencoderNetwork({ kind: 'advanced', latentSize }), 1000, 8, 32);
  const head = trainingCost(headNetwork({ kind: 'gru', latentSize: 512, actions: 7 }), 1000, 8, 32);
  assert.ok(encoder(1024) > encoder(512));
  assert.ok(encoder(512) > 5 * head);
  assert.equal(trainingCost(headNetwork({ kind: 'gru', latentSize: 512, actions: 7 }), 1000, 16, 32), 2 * head);
});
