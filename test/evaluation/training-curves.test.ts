import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NARROW_PX, WIDE_PX } from '../../src/evaluation/figures/figure.js';
import { renderSvg } from '../../src/evaluation/figures/render.js';
import { trainingCurvesFigure, type TrainingCurve } from '../../src/evaluation/figures/training-curves.js';
import { trainingCurvesOf } from '../../src/evaluation/training-history.js';

const draw = (curves: readonly TrainingCurve[], widthPx = WIDE_PX): Promise<string> =>
  renderSvg(trainingCurvesFigure('curves', 'Training of mine', curves).draw(widthPx));

const epochs = [0.4, 0.3, 0.25].map((loss, i) => ({ epoch: i + 1, loss, validationLoss: i === 0 ? 0.5 : 0.35 }));
const head: TrainingCurve = {
  ...{ model: 'gru head', loss: 'binary cross-entropy', bestEpoch: 2, epochs },
  meanFrameLoss: null,
};
const alone: TrainingCurve = {
  ...{ ...head, model: 'autoencoder', loss: 'mean squared error', meanFrameLoss: 0.75 },
  epochs: epochs.map((epoch) => ({ ...epoch, validationLoss: null })),
};

test('training curves show each model, both losses, the epoch that was kept and what the mean frame would cost', async () => {
  for (const width of [WIDE_PX, NARROW_PX]) {
    const svg = await draw([alone, head], width);
    const said = ['autoencoder', 'gru head', 'binary cross-entropy', 'training', 'validation', 'the mean frame'];
    for (const text of said) assert.ok(svg.includes(`>${text}<`), `${text} at ${width} px`);
    // the panel without validation has one line, the other two
    assert.equal(svg.match(/aria-roledescription="line mark"/g)?.length, 3);
    assert.ok(svg.includes('aria-label="epoch: 2; binary cross-entropy: 0.35"'), 'the ring, around the epoch kept');
    assert.equal(svg.match(/aria-label="mean squared error: 0.75"[^>]*rule mark/g)?.length, 1);
  }
});

test('a single epoch has a curve too', async () => {
  const one = { ...head, bestEpoch: 1, epochs: [{ epoch: 1, loss: 1, validationLoss: 1 }] };
  assert.match(await draw([one]), /gru head/);
});

test('a bundle has the history of its trainings, of its encoder also where another bundle gave it; a malformed history is left out', () => {
  const fit = { bestEpoch: 2, history: epochs.map((epoch) => ({ ...epoch, seconds: 1 })) };
  const autoencoder = { ...fit, kind: 'advanced', loss: 0.25, meanFrameLoss: 0.75 };
  const training = { head: { ...fit, kind: 'lstm', loss: { kind: 'focal', best: 0.3 } } };
  const curvesOf = (record: Record<string, unknown>): string[] =>
    trainingCurvesOf({ training: record }).map(
      ({ model, loss, epochs: drawn, meanFrameLoss }) => `${model}, ${loss}, ${drawn.length}, ${meanFrameLoss}`,
    );
  const both = ['autoencoder, mean squared error, 3, 0.75', 'lstm head, focal loss, 3, null'];
  assert.deepEqual(curvesOf({ ...training, autoencoder }), both);
  assert.deepEqual(curvesOf({ ...training, givenEncoder: { givenEncoder: { autoencoder } } }), both);
  assert.deepEqual(curvesOf(training), both.slice(1));
  assert.deepEqual(curvesOf({}), []);
  for (const history of [[], 'none', [{ epoch: 0, loss: 1, validationLoss: null }], [{ epoch: 1, loss: NaN }]]) {
    assert.deepEqual(curvesOf({ autoencoder: { ...autoencoder, history }, givenEncoder: 7 }), []);
  }
});
