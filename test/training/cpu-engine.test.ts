import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { initialWeights } from '../../src/training/initial-weights.js';
import { loadEngine, type Engine, type Tensor, type Tensor1D, type Tensor2D } from '../../src/training/engine.js';
import { forward } from '../../src/training/forward.js';
import { gradientStep } from '../../src/training/gradient-step.js';
import { readKerasArchive } from '../../src/training/keras/read.js';
import { sampleLosses, weightedLoss } from '../../src/training/losses.js';
import type { LayerSpec, Network, RecurrentSpec } from '../../src/training/network.js';
import { createParameters } from '../../src/training/parameters.js';
import { fixtureCase, fixtureFloats, fixturePath } from '../../testing/models/fixtures.js';
import { lacksFixtures } from '../../testing/models/shared-files.js';

let engine: Engine;
before(async () => {
  engine = await loadEngine('cpu');
});

function batch(name: string, step: number): Tensor {
  const { values, shape } = fixtureFloats(name);
  const size = values.length / shape[0];
  return engine.tf.tensor(values.slice(step * size, (step + 1) * size), shape.slice(1));
}

test("without TensorFlow's library the first steps of a head equal Keras' too", { skip: lacksFixtures }, async () => {
  const { start, loss_by_step: expected } = fixtureCase<{ start: string; loss_by_step: number[] }>('train-gru-bce');
  const { network, weights } = await readKerasArchive(fixturePath(start));
  using parameters = createParameters(engine, weights);
  for (let step = 0; step < 4; step += 1) {
    const loss = gradientStep(engine, parameters, (tensors) => {
      const output = forward(engine, network, tensors, batch('train_x', step)) as Tensor2D;
      const each = sampleLosses(engine, { kind: 'bce' }, batch('train_y', step) as Tensor2D, output);
      return weightedLoss(engine, each, batch('train_w', step) as Tensor1D, 'per-sample');
    });
    assert.ok(Math.abs(loss / expected[step] - 1) < 1e-5, `step ${step}: ${loss}, Keras ${expected[step]}`);
  }
});

function recurrent(kind: 'gru' | 'lstm', changes: Partial<RecurrentSpec>): RecurrentSpec {
  return {
    ...{ kind, name: kind, units: 3, returnSequences: true },
    ...{ activation: 'tanh', recurrentActivation: 'sigmoid', useBias: true, resetAfter: true },
    ...changes,
  };
}

/** Largest difference between the gradients that the engine gives and those of finite differences. */
function gradientError(layers: readonly LayerSpec[], inputShape: readonly number[]): number {
  const { tf } = engine;
  const network: Network = { inputShape, layers };
  const weights = initialWeights(network, 5).map(({ values, shape }) =>
    tf.tensor(
      values.map((value, i) => value + 0.1 * Math.sin(i)),
      [...shape],
    ),
  );
  const size = 2 * inputShape.reduce((product, length) => product * length, 1);
  const x = tf.tensor(
    Float32Array.from({ length: size }, (_, i) => Math.sin(3 * i)),
    [2, ...inputShape],
  );
  const loss = (...args: Tensor[]): Tensor => {
    const y = forward(engine, network, args.slice(1), args[0]);
    const slopes = tf.tensor(
      Float32Array.from({ length: y.size }, (_, i) => Math.cos(i)),
      y.shape,
    );
    return tf.sum(tf.mul(y, slopes));
  };
  const all = [x, ...weights];
  const gradients = tf.grads(loss)(all);
  let largest = 0;
  for (const [index, tensor] of all.entries()) {
    const values = tensor.dataSync() as Float32Array;
    const gradient = gradients[index].dataSync();
    for (let i = 0; i < values.length; i += Math.ceil(values.length / 7)) {
      const moved = (by: number): number => {
        const changed = tf.tensor(
          values.map((value, at) => (at === i ? value + by : value)),
          tensor.shape,
        );
        return loss(...all.map((one, at) => (at === index ? changed : one))).dataSync()[0];
      };
      largest = Math.max(largest, Math.abs((moved(0.01) - moved(-0.01)) / 0.02 - gradient[i]));
    }
  }
  return largest;
}

// the first layer's input needs no gradient in training, so a dense layer comes first
const DENSE: LayerSpec = { kind: 'dense', name: 'first', units: 4, activation: 'linear', useBias: true };

for (const [name, layer] of Object.entries({
  GRU: recurrent('gru', {}),
  'GRU of the last step': recurrent('gru', { returnSequences: false }),
  LSTM: recurrent('lstm', {}),
  'LSTM of the last step': recurrent('lstm', { returnSequences: false }),
})) {
  test(`${name}: the gradients written out are those of finite differences`, () => {
    const error = gradientError([DENSE, layer], [4, 2]);
    assert.ok(error < 5e-3, `largest difference ${error}`);
  });
}

test('an image network of every kind of layer has the gradients of finite differences', () => {
  const window = { kernel: [3, 3], strides: [1, 1], padding: 'same', useBias: true } as const;
  const error = gradientError(
    [
      { kind: 'conv2d', name: 'a', filters: 2, ...window, activation: 'tanh' },
      { kind: 'up-sampling', name: 'b', size: [2, 3] },
      { kind: 'conv2d-transpose', name: 'c', filters: 3, ...window, activation: 'sigmoid' },
      { kind: 'max-pool', name: 'd', pool: [2, 2], strides: [2, 2], padding: 'same' },
      { kind: 'flatten', name: 'e' },
      { kind: 'dense', name: 'f', units: 4, activation: 'tanh', useBias: true },
      { kind: 'reshape', name: 'g', shape: [2, 2] },
    ],
    [3, 2, 1],
  );
  assert.ok(error < 5e-3, `largest difference ${error}`);
});

test('one process trains on one engine', async () => {
  await assert.rejects(loadEngine('tfjs-node'), { code: 'bad-option', message: /already trains on cpu/ });
});
