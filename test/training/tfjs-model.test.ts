import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { Random } from '../../src/core/random.js';
import { openModel } from '../../src/policy/model.js';
import { readEncoderWeights } from '../../src/policy/onnx/encoder-graph.js';
import { quantizedEncoderGraph } from '../../src/policy/onnx/quantized-encoder.js';
import { loadEngine } from '../../src/training/engine.js';
import { importModel } from '../../src/training/import-model.js';
import { openTfjsModel } from '../../src/training/tfjs-model.js';
import { smallBundle } from '../../testing/models/small-bundle.js';
import { fixturePath } from '../../testing/models/fixtures.js';
import { lacksFixtures } from '../../testing/models/shared-files.js';
import { lacksEngine } from '../../testing/models/training-engine.js';
import { folderForTests } from '../../testing/temporary-folder.js';

const folder = folderForTests('tfjs');

const BATCH = 50;

/** Largest difference between two answers, relative to the largest value expected where that is above 1. */
function difference(got: Float32Array, expected: Float32Array): number {
  const scale = expected.reduce((largest, value) => Math.max(largest, Math.abs(value)), 1);
  return got.reduce((largest, value, i) => Math.max(largest, Math.abs(value - expected[i]) / scale), 0);
}

for (const kind of ['gru', 'lstm']) {
  test(`${kind}: both engines answer the same to 1,000 inputs`, { skip: lacksFixtures || lacksEngine }, async (t) => {
    const files = { encoder: fixturePath('encoder-16.keras'), head: fixturePath(`${kind}-16.keras`) };
    const bundle = await importModel({ ...files, out: join(folder, kind), name: kind });
    const onnx = await openModel(bundle, { batchSize: BATCH });
    const tfjs = openTfjsModel(await loadEngine('tfjs-node'), bundle, { batchSize: BATCH });
    const random = new Random(7);
    let latents = 0;
    let probabilities = 0;
    for (let done = 0; done < 1000; done += BATCH) {
      const images = Float32Array.from({ length: BATCH * 72 * 128 }, () => random.next());
      const encoded = [onnx, tfjs].map(() => new Float32Array(BATCH * 16));
      await onnx.encoder.encode(images, encoded[0]);
      await tfjs.encoder.encode(images, encoded[1]);
      latents = Math.max(latents, difference(encoded[1], encoded[0]));
      const answers = [onnx, tfjs].map(() => new Float32Array(BATCH * 7));
      for (let i = 0; i < onnx.head.latents.length; i += 1) onnx.head.latents[i] = Math.max(0, random.normal());
      tfjs.head.latents.set(onnx.head.latents);
      await onnx.head.predict(answers[0]);
      await tfjs.head.predict(answers[1]);
      probabilities = Math.max(probabilities, difference(answers[1], answers[0]));
    }
    t.diagnostic(`latents ${latents.toExponential(1)}, probabilities ${probabilities.toExponential(1)}`);
    assert.ok(latents < 1e-5 && probabilities < 1e-5, `latents ${latents}, probabilities ${probabilities}`);
    for (const { encoder, head } of [onnx, tfjs]) {
      await encoder[Symbol.asyncDispose]();
      await head[Symbol.asyncDispose]();
    }
  });
}

test('a quantized bundle is refused by name', { skip: lacksEngine }, async () => {
  const bundle = await smallBundle(join(folder, 'whole'));
  const weights = readEncoderWeights(bundle.encoder);
  const peaks = weights.convolutions.map(() => 1);
  const quantized = { ...bundle, encoder: quantizedEncoderGraph(weights, peaks) };
  const engine = await loadEngine('tfjs-node');
  assert.throws(() => openTfjsModel(engine, quantized), {
    code: 'model-unsupported',
    message: /whole on TensorFlow\.js: the model is quantized/,
  });
});
