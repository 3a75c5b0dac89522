import assert from 'node:assert/strict';
import test from 'node:test';
import { Random } from '../../src/core/random.js';
import { initialEncoderWeights, initialHeadWeights } from '../../src/policy/initial-weights.js';
import { OnnxSession } from '../../src/policy/onnx-session.js';
import {
  encoderGraph,
  latentSizeOf,
  readEncoderWeights,
  type EncoderWeights,
} from '../../src/policy/onnx/encoder-graph.js';
import { fromHalf, toHalf } from '../../src/policy/onnx/float16.js';
import type { WeightTensor } from '../../src/policy/onnx/graph-builder.js';
import { headGraph, readHeadWeights, type HeadKind, type HeadWeights } from '../../src/policy/onnx/head-graph.js';
import { fixtureFloats, kerasEncoder, kerasHead } from '../../testing/models/keras-weights.js';
import { referenceLatent, referenceProbabilities } from '../../testing/models/reference-model.js';
import { lacksFixtures } from '../../testing/models/shared-files.js';

/** Non-zero biases, so that a swapped one shows. */
function jiggled<T extends EncoderWeights | HeadWeights>(weights: T, seed: number): T {
  const random = new Random(seed);
  const jiggle = (tensor: WeightTensor) => {
    for (let i = 0; i < tensor.data.length; i += 1) tensor.data[i] += 0.1 * random.normal();
  };
  if ('convolutions' in weights) {
    for (const layer of weights.convolutions) jiggle(layer.bias);
    if (weights.latent !== null) jiggle(weights.latent.bias);
  } else {
    for (const layer of weights.layers) jiggle(layer.bias);
    jiggle(weights.output.bias);
  }
  return weights;
}

const floats = (length: number, seed: number) => {
  const random = new Random(seed);
  return Float32Array.from({ length }, () => random.next());
};

async function encode(bytes: Uint8Array, images: Float32Array, shape: readonly number[], latentSize: number) {
  await using session = await OnnxSession.open(bytes, {
    file: 'encoder.onnx',
    input: { name: 'image', shape },
    output: { name: 'latent', shape: [shape[0], latentSize] },
    intraOpThreads: 1,
  });
  session.input.set(images);
  await session.run();
  return Float32Array.from(session.output);
}

async function predict(bytes: Uint8Array, latents: Float32Array, shape: readonly number[], actions: number) {
  await using session = await OnnxSession.open(bytes, {
    file: 'head.onnx',
    input: { name: 'latents', shape },
    output: { name: 'probabilities', shape: [shape[0], actions] },
    intraOpThreads: 1,
  });
  session.input.set(latents);
  await session.run();
  return Float32Array.from(session.output);
}

function assertClose(got: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  assert.equal(got.length, expected.length);
  let worst = 0;
  for (let i = 0; i < got.length; i += 1) worst = Math.max(worst, Math.abs(got[i] - expected[i]));
  assert.ok(worst <= tolerance, `differs by up to ${worst}`);
}

for (const image of [
  { height: 16, width: 24 },
  { height: 19, width: 13 },
]) {
  test(`the encoder graph computes what plain loops compute, at ${image.width}x${image.height}`, async () => {
    const weights = jiggled(initialEncoderWeights(5, { latentSize: 6, channels: [3, 4, 5], image }), 6);
    const images = floats(2 * image.height * image.width, 7);
    const got = await encode(encoderGraph(weights, { image }), images, [2, image.height, image.width, 1], 6);
    for (const batch of [0, 1]) {
      const one = images.subarray(batch * image.height * image.width, (batch + 1) * image.height * image.width);
      const expected = referenceLatent(weights, one, image.height, image.width);
      assert.ok(expected.some((value) => value > 0));
      assertClose(got.subarray(batch * 6, (batch + 1) * 6), expected, 1e-5);
    }
  });
}

test("an encoder without a dense layer answers the last map, in Keras' order", async () => {
  const image = { height: 16, width: 16 };
  const dense = jiggled(initialEncoderWeights(5, { latentSize: 2, channels: [3, 4], image }), 6);
  const weights = { convolutions: dense.convolutions, latent: null };
  const size = latentSizeOf(weights, image);
  assert.equal(size, 4 * 4 * 4);
  const picture = floats(256, 8);
  const got = await encode(encoderGraph(weights, { image }), picture, [1, 16, 16, 1], size);
  assertClose(got, referenceLatent(weights, picture, 16, 16), 1e-5);
});

for (const kind of ['gru', 'lstm'] as const satisfies readonly HeadKind[]) {
  test(`the ${kind} head graph computes what plain loops compute, for a batch and for fewer actions`, async () => {
    const weights = jiggled(initialHeadWeights(9, { kind, latentSize: 5, units: [6, 4], actions: 3 }), 10);
    const latents = floats(2 * 4 * 5, 11);
    const got = await predict(headGraph(weights, { windowLength: 4 }), latents, [2, 4, 5], 3);
    for (const batch of [0, 1]) {
      const expected = referenceProbabilities(weights, latents.subarray(batch * 20, batch * 20 + 20), 4);
      assertClose(got.subarray(batch * 3, batch * 3 + 3), expected, 1e-5);
    }
  });

  test(`a ${kind} head comes back out of its file with the weights that went in`, () => {
    const weights = jiggled(initialHeadWeights(9, { kind, latentSize: 5, units: [6, 4], actions: 7 }), 10);
    assert.deepEqual(readHeadWeights(headGraph(weights, { windowLength: 4 })), weights);
  });

  test(`the ${kind} head answers as Keras does`, { skip: lacksFixtures }, async () => {
    const weights = await kerasHead(`${kind}-16.keras`, kind);
    const got = await predict(headGraph(weights, { windowLength: 10 }), fixtureFloats('sequences.bin'), [8, 10, 16], 7);
    assertClose(got, fixtureFloats(`probabilities-${kind}.bin`), 1e-5);
  });
}

test('the encoder answers as Keras does', { skip: lacksFixtures }, async () => {
  const weights = await kerasEncoder('encoder-16.keras');
  const got = await encode(encoderGraph(weights), fixtureFloats('images.bin'), [5, 72, 128, 1], 16);
  assertClose(got, fixtureFloats('latents.bin'), 1e-5);
});

test('an encoder comes back out of its file with the weights that went in', () => {
  const image = { height: 16, width: 16 };
  const weights = jiggled(initialEncoderWeights(5, { latentSize: 6, channels: [3, 4], image }), 6);
  assert.deepEqual(readEncoderWeights(encoderGraph(weights, { image })), weights);
});

test('weights stored in half precision run as the rounded weights, and take half the space', async () => {
  const image = { height: 16, width: 16 };
  const weights = jiggled(initialEncoderWeights(5, { latentSize: 64, channels: [8, 16], image }), 6);
  const half = encoderGraph(weights, { image, storage: 'float16' });
  const rounded = readEncoderWeights(half);
  const picture = floats(256, 8);
  const got = await encode(half, picture, [1, 16, 16, 1], 64);
  assertClose(got, referenceLatent(rounded, picture, 16, 16), 1e-5);
  assert.notDeepEqual(rounded, weights);
  assert.ok(half.length < 0.55 * encoderGraph(weights, { image }).length);
});

test('every half but NaN is the same after float32 and back', () => {
  for (let half = 0; half < 0x10000; half += 1) {
    const value = fromHalf(half);
    if (Number.isNaN(value)) assert.ok(Number.isNaN(fromHalf(toHalf(value))));
    else assert.equal(toHalf(value), half);
  }
});

test('a float32 becomes the nearest half, ties to even', () => {
  const cases: readonly (readonly [number, number])[] = [
    [1 + 2 ** -11, 1], // halfway to 1 + 2^-10
    [1 + 3 * 2 ** -11, 1 + 2 ** -9],
    [65519, 65504],
    [65520, Infinity],
    [-1e-10, -0],
    [2 ** -25, 0], // halfway to the smallest
    [1.5 * 2 ** -25, 2 ** -24],
  ];
  for (const [value, expected] of cases) assert.equal(fromHalf(toHalf(value)), expected);
});
