import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { loadEngine, type Engine, type Scalar } from '../../src/training/engine.js';
import { fit, type FitOptions, type Samples } from '../../src/training/fit.js';
import { folderForTests } from '../../testing/temporary-folder.js';

const folder = folderForTests('fit');

let engine: Engine;
before(async () => {
  engine = await loadEngine('cpu');
});

const START = [{ name: 'w', shape: [1], values: Float32Array.of(0) }];

/** Samples that pull the only weight to the mean of `targets`. */
function pulledTo(...targets: readonly number[]): Samples {
  const { tf } = engine;
  return {
    count: targets.length,
    batch: (indices) => {
      const wanted = tf.tensor1d(Array.from(indices, (index) => targets[index]));
      return ([weight]) => tf.mean<Scalar>(tf.square(tf.sub(weight, wanted)));
    },
  };
}

const OPTIONS: FitOptions = {
  epochs: 8,
  batchSize: 2,
  learningRate: 0.5,
  patience: null,
  seed: 1,
  fingerprint: 'a',
  checkpoint: null,
  resume: false,
};

test('the best weights come back even when the last epoch was not the best', async () => {
  // training pulls to 4, validation is best at 1: the weight passes it on its way
  const result = await fit(engine, START, { train: pulledTo(4, 4, 4), validation: pulledTo(1) }, OPTIONS);
  const losses = result.history.map((epoch) => epoch.validationLoss!);
  assert.equal(result.history.length, 8);
  assert.equal(result.bestLoss, Math.min(...losses));
  assert.ok(result.bestEpoch < 8);
  const [weight] = result.weights[0].values;
  assert.ok(Math.abs((weight - 1) ** 2 - result.bestLoss) < 1e-6, 'the weights are those of the best loss');
});

test('training ends once the validation loss has not improved for as many epochs as patience says', async () => {
  const options = { ...OPTIONS, epochs: 50, patience: 3 };
  const result = await fit(engine, START, { train: pulledTo(4, 4), validation: pulledTo(1) }, options);
  assert.equal(result.history.length, result.bestEpoch + 3);
});

test('without validation samples the last epoch counts', async () => {
  const result = await fit(engine, START, { train: pulledTo(4, 4), validation: null }, OPTIONS);
  assert.equal(result.bestEpoch, 8);
  assert.equal(result.history[0].validationLoss, null);
});

test('a loss that is not finite stops training and says where', async () => {
  const samples = { train: pulledTo(1, 2, Number.NaN), validation: null };
  await assert.rejects(fit(engine, START, samples, OPTIONS), { code: 'training-diverged', message: /epoch 1, batch/ });
});

test('a training that was stopped continues to the very weights of an unbroken one', async () => {
  const samples = () => ({ train: pulledTo(1, 2, 3, 4, 5), validation: pulledTo(3) });
  const whole = await fit(engine, START, samples(), OPTIONS);
  const checkpoint = join(folder, 'broken.checkpoint');
  const stop = new AbortController();
  const broken = fit(engine, START, samples(), {
    ...OPTIONS,
    checkpoint,
    signal: stop.signal,
    onProgress: ({ epoch, step }) => {
      if (epoch === 4 && step === 2) stop.abort(new Error('stopped'));
    },
  });
  await assert.rejects(broken, /stopped/);
  const resumed = await fit(engine, START, samples(), { ...OPTIONS, checkpoint, resume: true });
  assert.deepEqual(resumed.weights[0].values, whole.weights[0].values);
  const losses = ({ history }: typeof whole) => history.map(({ loss, validationLoss }) => [loss, validationLoss]);
  assert.deepEqual(losses(resumed), losses(whole));
});

test('a checkpoint of other data, or a damaged one, is refused', async () => {
  const checkpoint = join(folder, 'other.checkpoint');
  const samples = { train: pulledTo(1, 2), validation: null };
  await fit(engine, START, samples, { ...OPTIONS, epochs: 1, checkpoint });
  const again = (fingerprint: string) =>
    fit(engine, START, samples, { ...OPTIONS, checkpoint, resume: true, fingerprint });
  await assert.rejects(again('b'), { code: 'checkpoint-mismatch', message: /other data/ });
  const bytes = readFileSync(checkpoint);
  for (const damaged of [bytes.subarray(0, bytes.length - 1), Buffer.from('nonsense'), Buffer.alloc(0)]) {
    writeFileSync(checkpoint, damaged);
    await assert.rejects(again('a'), { code: 'checkpoint-mismatch' });
  }
});

test('a checkpoint that cannot be written leaves the previous one as it was', async () => {
  const samples = { train: pulledTo(1, 2), validation: null };
  const checkpoint = join(folder, 'kept.checkpoint');
  await fit(engine, START, samples, { ...OPTIONS, epochs: 1, checkpoint });
  const bytes = readFileSync(checkpoint);
  mkdirSync(`${checkpoint}.${process.pid}`); // where the next one would be written first
  const options = { ...OPTIONS, checkpoint, resume: true };
  await assert.rejects(fit(engine, START, samples, options), { code: 'write-failed', message: /kept\.checkpoint/ });
  assert.deepEqual(readFileSync(checkpoint), bytes);
});
