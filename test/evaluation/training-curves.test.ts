import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderSvg } from '../../src/evaluation/figures/render.js';
import { trainingCurves } from '../../src/evaluation/figures/training-curves.js';

test('training curves show each model, both losses and the epoch that was kept', async () => {
  const epochs = [0.4, 0.3, 0.25].map((loss, i) => ({ epoch: i + 1, loss, validationLoss: i === 0 ? 0.5 : 0.35 }));
  const head = { model: 'gru head', loss: 'binary cross-entropy', bestEpoch: 2, epochs };
  const alone = { ...head, model: 'autoencoder', epochs: epochs.map((epoch) => ({ ...epoch, validationLoss: null })) };
  const svg = await renderSvg(trainingCurves('Training of mine', [alone, head]));
  for (const text of [
    'Training of mine',
    'autoencoder',
    'gru head',
    'binary cross-entropy',
    'training',
    'validation',
  ]) {
    assert.ok(svg.includes(`>${text}<`), text);
  }
  // the panel without validation has one line, the other two
  assert.equal(svg.match(/aria-roledescription="line mark"/g)?.length, 3);
  assert.ok(svg.includes('aria-label="epoch: 2; binary cross-entropy: 0.35"'), 'the ring, around the epoch kept');
});

test('a single epoch has a curve too', async () => {
  const one = {
    model: 'autoencoder',
    loss: 'mean squared error',
    bestEpoch: 1,
    epochs: [{ epoch: 1, loss: 1, validationLoss: 1 }],
  };
  assert.match(await renderSvg(trainingCurves('one epoch', [one])), /one epoch/);
});
