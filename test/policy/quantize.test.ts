import assert from 'node:assert/strict';
import { join } from 'node:path';
import test from 'node:test';
import { openModel } from '../../src/policy/model.js';
import type { Bundle } from '../../src/policy/bundle.js';
import { checkGraph } from '../../src/policy/onnx/check-graph.js';
import { readEncoderWeights } from '../../src/policy/onnx/encoder-graph.js';
import { quantizedWeights } from '../../src/policy/onnx/quantized-encoder.js';
import { quantizeModels } from '../../src/policy/quantize.js';
import { smallBundle, wanderingSquare } from '../../testing/models/small-bundle.js';
import { openFolder } from '../../testing/temporary-folder.js';

async function* pictures(frames: number, seed: number): AsyncGenerator<Float32Array> {
  for (const gray of wanderingSquare(frames, seed))
    yield await Promise.resolve(Float32Array.from(gray, (value) => value / 255));
}

async function latentsOf(bundle: Bundle, seed: number): Promise<Float32Array[]> {
  const { encoder, head } = await openModel(bundle);
  const latents: Float32Array[] = [];
  for await (const picture of pictures(20, seed)) {
    const latent = new Float32Array(bundle.manifest.latentSize);
    await encoder.encode(picture, latent);
    latents.push(latent);
  }
  await encoder[Symbol.asyncDispose]();
  await head[Symbol.asyncDispose]();
  return latents;
}

test('weights are quantized by output channel: the largest of each at 127, none off by more than half a step', () => {
  const data = Float32Array.of(1, -0.5, 0.25, 100, 0, -30); // [3, 2]: columns are the channels of a Dense kernel
  const { values, scales } = quantizedWeights({ shape: [3, 2], data }, 1);
  assert.deepEqual([...scales], [1 / 127, 100 / 127].map(Math.fround));
  assert.deepEqual([values[0], values[3]], [127, 127]);
  for (let i = 0; i < data.length; i += 1) {
    assert.ok(Math.abs(values[i] * scales[i % 2] - data[i]) <= scales[i % 2] / 2 + 1e-6, `value ${i}`);
  }
});

test('a channel of zeros stays zero', () => {
  const { values, scales } = quantizedWeights({ shape: [2, 1], data: new Float32Array(2) }, 0);
  assert.deepEqual([...values], [0, 0]);
  assert.ok(scales.every((scale) => scale > 0));
});

test('an int8 encoder answers almost what the original does on pictures that calibration did not see', async () => {
  using folder = openFolder('quantize');
  const bundle = await smallBundle(join(folder.path, 'small'));
  const models = await quantizeModels(bundle, 'int8', pictures(50, 1));
  assert.equal(models.peaks?.length, 3);
  assert.ok(models.encoder.length < bundle.encoder.length / 3, 'a quarter of the size, about');
  const expected = await latentsOf(bundle, 2);
  const got = await latentsOf({ ...bundle, ...models }, 2);
  let error = 0;
  let size = 0;
  for (const [index, latent] of expected.entries()) {
    for (let i = 0; i < latent.length; i += 1) {
      error += (latent[i] - got[index][i]) ** 2;
      size += latent[i] ** 2;
    }
  }
  assert.ok(size > 0, 'the latents are not all zero');
  const relative = Math.sqrt(error / size);
  assert.ok(relative < 0.02, `relative error ${relative}`);
  assert.ok(relative > 0, 'something was quantized');
});

test('calibration matters: scales from black pictures cut bright ones off', async () => {
  using folder = openFolder('quantize');
  const bundle = await smallBundle(join(folder.path, 'small'));
  async function* black(): AsyncGenerator<Float32Array> {
    yield await Promise.resolve(new Float32Array(72 * 128).fill(0.01));
  }
  const dark = await quantizeModels(bundle, 'int8', black());
  const seen = await quantizeModels(bundle, 'int8', pictures(20, 1));
  assert.ok(dark.peaks!.every((peak, layer) => peak < seen.peaks![layer]));
});

test('float16 halves a bundle and its weights stay within half precision', async () => {
  using folder = openFolder('quantize');
  const bundle = await smallBundle(join(folder.path, 'small'));
  const models = await quantizeModels(bundle, 'float16', pictures(0, 1));
  assert.equal(models.peaks, null);
  const before = readEncoderWeights(bundle.encoder).latent!.kernel.data;
  const after = readEncoderWeights(models.encoder).latent!.kernel.data;
  assert.ok(before.every((value, i) => Math.abs(value - after[i]) <= Math.abs(value) * 2 ** -11 + 2 ** -24));
});

test('a quantized model is checked like any other, and refused by name where its weights are asked for', async () => {
  using folder = openFolder('quantize');
  const bundle = await smallBundle(join(folder.path, 'small'));
  const models = await quantizeModels(bundle, 'int8', pictures(3, 1));
  assert.equal(checkGraph(models.encoder, 'encoder.onnx').graph.input?.length, 1);
  await assert.rejects(quantizeModels({ ...bundle, ...models }, 'int8', pictures(3, 1)), {
    code: 'model-unsupported',
    message: /quantized/,
  });
});
