import assert from 'node:assert/strict';
import { test } from 'node:test';
import { settingsOf, type TrainVerbOptions } from '../../src/cli/options/train.js';
import { UnderstudyError } from '../../src/core/errors.js';

const NOTHING: TrainVerbOptions = {
  ...{ out: 'x', preset: 'understudy', latent: 512, head: 'gru', labelRule: 'at-frame', labelLeadMs: 0, horizon: 1 },
  ...{ split: 'fight', validation: 0.15, test: 0.15, storage: 'float32', engine: 'tfjs-node', lenient: false },
};

test('encoder and head are trained together unless the study, its autoencoder or a given encoder is asked for', () => {
  const methodOf = (changes: Partial<TrainVerbOptions>): string =>
    settingsOf({ ...NOTHING, ...changes }).together === null ? 'autoencoder' : 'together';
  assert.equal(methodOf({}), 'together');
  assert.equal(methodOf({ method: 'together' }), 'together');
  const others: readonly Partial<TrainVerbOptions>[] = [
    { preset: 'study' },
    { method: 'autoencoder' },
    { autoencoder: 'baseline' },
    { autoencoderEpochs: 3 },
    { windows: 'study' },
    { encoder: 'models/mine' },
  ];
  for (const changes of others) assert.equal(methodOf(changes), 'autoencoder', JSON.stringify(changes));
});

test('options of the other method are refused, with what to leave out', () => {
  const refused = (changes: Partial<TrainVerbOptions>): void =>
    assert.throws(
      () => settingsOf({ ...NOTHING, method: 'together', ...changes }),
      (error) => error instanceof UnderstudyError && error.code === 'bad-option' && /out/.test(error.next ?? ''),
    );
  refused({ autoencoderEpochs: 3 });
  refused({ autoencoder: 'baseline' });
  refused({ windows: 'study' });
  refused({ preset: 'study' });
});

test('epochs, filters, step size and samples a step reach the method that is used', () => {
  const given = { epochs: 7, channels: [4, 8], learningRate: 0.01, batch: 64 };
  const { together } = settingsOf({ ...NOTHING, ...given });
  assert.ok(together);
  assert.deepEqual([together.epochs, together.channels, together.learningRate], [7, [4, 8], 0.01]);
  assert.equal(together.batchSize * together.chunkLength, 64, 'samples are windows, which come in chunks');
});

test('how the bundle acts is chosen, and is by thresholds of 0.5 with the settings of the study', () => {
  assert.deepEqual([settingsOf(NOTHING).act, settingsOf(NOTHING).threshold], ['choose', undefined]);
  const study = settingsOf({ ...NOTHING, preset: 'study' });
  assert.deepEqual([study.act, study.threshold], ['threshold', 0.5]);
  assert.equal(settingsOf({ ...NOTHING, act: 'sample' }).act, 'sample');
});
