/**
 * What the two engines take for one tick of the same bundle, in turn: onnxruntime, which plays, and TensorFlow.js,
 * which trains (docs/decisions/0001).
 *
 *   npm run bench engines -- [--samples 200] [--model models/untrained]     after npm run setup:training
 */
import { makeUntrainedModel } from '../../src/runs/untrained-model.js';
import { quantiles } from '../../src/core/quantiles.js';
import { Random } from '../../src/core/random.js';
import { readBundle } from '../../src/policy/bundle.js';
import { openModel } from '../../src/policy/model.js';
import { loadEngine } from '../../src/training/engine.js';
import { openTfjsModel } from '../../src/training/tfjs-model.js';
import { printResult, versionOf } from '../support/machine.js';
import { argument, countArgument, sampleMs } from '../support/sampling.js';

const WARMUP = 20;
/** Runs of one engine before the other's turn. */
const TURN = 20;

const n = countArgument('--samples', 200);
const bundle = await readBundle(argument('--model') ?? (await makeUntrainedModel(console.error)));
const { manifest } = bundle;
const random = new Random(1);
const image = Float32Array.from({ length: manifest.image.height * manifest.image.width }, () => random.next());
const latent = new Float32Array(manifest.latentSize);
const probabilities = new Float32Array(manifest.actions.length);
const models = {
  onnxruntime: await openModel(bundle),
  'tfjs-node': openTfjsModel(await loadEngine('tfjs-node'), bundle),
};
const samples: Record<string, number[]> = {};
for (let turn = 0; turn < Math.ceil(n / TURN); turn += 1) {
  for (const [engine, { encoder, head }] of Object.entries(models)) {
    const warmup = turn === 0 ? WARMUP : 0;
    const encode = await sampleMs(TURN, warmup, () => encoder.encode(image, latent));
    const predict = await sampleMs(TURN, warmup, () => head.predict(probabilities));
    (samples[`${engine}: encoder`] ??= []).push(...encode);
    (samples[`${engine}: head`] ??= []).push(...predict);
  }
}
printResult({
  claim: 'one tick of the same bundle on both engines, in turns',
  setting: {
    model: bundle.id,
    onnxruntime: versionOf('onnxruntime-node'),
    tfjs: versionOf('@tensorflow/tfjs-node-gpu'),
  },
  n: samples['onnxruntime: head'].length,
  warmup: WARMUP,
  ms: Object.fromEntries(Object.entries(samples).map(([name, took]) => [name, quantiles(took)])),
});
for (const { encoder, head } of Object.values(models)) {
  await encoder[Symbol.asyncDispose]();
  await head[Symbol.asyncDispose]();
}
