import assert from 'node:assert/strict';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { Random } from '../../src/core/random.js';
import { readBundle } from '../../src/policy/bundle.js';
import { quantizeModels } from '../../src/policy/quantize.js';
import { readEncoderWeights } from '../../src/policy/onnx/encoder-graph.js';
import { readHeadWeights } from '../../src/policy/onnx/head-graph.js';
import { chunksOf, moved, readPictures, runsOf } from '../../src/training/chunks.js';
import { loadEngine, type Engine } from '../../src/training/engine.js';
import { exportModel, importModel } from '../../src/training/import-model.js';
import { readKerasArchive } from '../../src/training/keras/read.js';
import { train, type TrainOptions } from '../../src/training/train.js';
import type { TogetherTraining } from '../../src/training/train-together.js';
import { STUDY_CONTRACT } from '../../src/vision/preprocessing-contract.js';
import { lacksEngine } from '../../testing/models/training-engine.js';
import { DOT_IMAGE, dotFights } from '../../testing/sessions/dot-fights.js';
import { MemoryRows } from '../../src/training/rows.js';
import { folderForTests } from '../../testing/temporary-folder.js';

const skip = lacksEngine;
const folder = folderForTests('train-together');

let engine: Engine;
before(async () => {
  if (skip === false) engine = await loadEngine('tfjs-node', { deterministic: true });
});

const TOGETHER: TogetherTraining = {
  ...{ latentSize: 16, channels: [4, 8], chunkLength: 8, batchSize: 4, epochs: 25, learningRate: 1e-2 },
  ...{ schedule: 'cosine', clipNorm: 1, inputDropout: 0.1 },
  variation: { shiftPx: 0, contrast: 0.1, brightness: 0.05 },
};

function options(name: string, changes: Partial<TrainOptions> = {}): TrainOptions {
  const [height, width] = DOT_IMAGE;
  const steps = { batchSize: 16, patience: null, seed: 3, epochs: 1, learningRate: 1e-3 };
  return {
    data: dotFights(6, 60),
    fps: 10,
    preprocessing: { ...STUDY_CONTRACT, height, width },
    together: TOGETHER,
    autoencoder: { ...steps, kind: 'advanced', latentSize: 16, outputBias: 'mean-pixel' },
    head: {
      ...steps,
      ...{ kind: 'gru', units: [16, 8], dropout: 0.1, loss: { kind: 'bce' }, rareWeight: 1 },
      ...{ weightSemantics: 'per-sample', windowLength: 5, horizon: 1, acrossFights: false },
    },
    out: join(folder, name),
    name,
    workFolder: join(folder, `${name}-work`),
    ...changes,
  };
}

test('encoder and head that are trained together answer in a bundle what was trained', { skip }, async () => {
  const steps: string[] = [];
  const said: string[] = [];
  const watch = { onStep: (step: string) => void steps.push(step), say: (text: string) => void said.push(text) };
  const result = await train(engine, options('whole', watch));
  assert.deepEqual(steps, ['together', 'latents', 'bundle']);
  assert.equal(result.autoencoder, null);
  const paces = said.filter((text) => text.includes('held-out loss'));
  assert.equal(paces.length, 25, 'one line an epoch');
  assert.match(
    paces[24],
    /agent at 0\.5 \(person\): \d+ \(\d+\) presses a minute, \d+ \(\d+\) turns, \d\.\d\d \(\d\.\d\d\) keys held/,
  );
  const best = Math.min(...result.head.history.map(({ validationLoss }) => validationLoss!));
  assert.ok(paces.some((text) => text.includes(`held-out loss ${best.toPrecision(4)};`)));
  assert.ok(result.validation!.perAction.SHOOT.f1 > 0.95, `SHOOT ${result.validation!.perAction.SHOOT.f1}`);
  assert.ok(result.validation!.perAction.RIGHT.f1 > 0.7, `RIGHT ${result.validation!.perAction.RIGHT.f1}`);
  const { manifest } = await readBundle(join(folder, 'whole'));
  const record = manifest.training as { together?: TogetherTraining; head?: { epochs: number; history: [] } };
  assert.deepEqual(record.together, TOGETHER);
  assert.deepEqual([record.head?.epochs, record.head?.history.length], [25, 25]);
});

test('one that is stopped and resumed gives the same weights, bit by bit', { skip }, async () => {
  const few = { together: { ...TOGETHER, epochs: 4 } };
  const whole = await train(engine, options('unbroken', few));
  const stop = new AbortController();
  const broken = train(
    engine,
    options('broken', {
      ...few,
      signal: stop.signal,
      onProgress: (step, { epoch, step: batch }) => {
        if (step === 'together' && epoch === 3 && batch === 2) stop.abort(new Error('stopped'));
      },
    }),
  );
  await assert.rejects(broken, /stopped/);
  const resumed = await train(engine, options('broken', { ...few, resume: true }));
  assert.deepEqual(readEncoderWeights(resumed.bundle.encoder), readEncoderWeights(whole.bundle.encoder));
  assert.deepEqual(readHeadWeights(resumed.bundle.head), readHeadWeights(whole.bundle.head));
});

test('its bundle goes out to Keras archives and comes back with the same weights', { skip }, async () => {
  const { bundle } = await train(engine, options('exported', { together: { ...TOGETHER, epochs: 1 } }));
  const archives = await exportModel(bundle.folder, join(folder, 'keras'));
  const { network } = await readKerasArchive(archives.encoder);
  assert.deepEqual(
    network.layers.map(({ kind }) => kind),
    ['normalization', 'conv2d', 'conv2d', 'flatten', 'dense', 'layer-normalization'],
  );
  const names = { ...archives, out: join(folder, 'imported'), name: 'imported' };
  const imported = await importModel({ ...names, actions: bundle.manifest.actions });
  assert.deepEqual(readEncoderWeights(imported.encoder), readEncoderWeights(bundle.encoder));
  const noPictures = (async function* () {})() as AsyncIterable<Float32Array>;
  await assert.rejects(quantizeModels(bundle, 'int8', noPictures), { code: 'model-unsupported' });
  const { encoder } = await quantizeModels(bundle, 'float16', noPictures);
  assert.deepEqual(readEncoderWeights(encoder).onKeys?.mean, readEncoderWeights(bundle.encoder).onKeys?.mean);
});

test('windows are cut into chunks within fights, and moved chunks stay in their fight', () => {
  const runs = runsOf(Int32Array.of(0, 1, 2, 3, 4, 20, 21, 22));
  assert.deepEqual(runs, [
    { first: 0, count: 5 },
    { first: 5, count: 3 },
  ]);
  const chunks = chunksOf(runs, 4);
  assert.deepEqual(
    chunks.map(({ run, offset, count }) => [run.first, offset, count]),
    [
      [0, 0, 4],
      [0, 4, 1],
      [5, 0, 3],
    ],
  );
  const random = new Random(1);
  const offsets = new Set(Array.from({ length: 100 }, () => moved(chunks[0], random).offset));
  assert.deepEqual([...offsets].sort(), [0, 1]);
});

test('pictures are varied around the mean picture, which stays where it is', () => {
  const frames = new MemoryRows(Uint8Array.of(100, 50, 0, 100, 50, 255), 6); // [2, 3]; the last pixel moves
  const mean = Float32Array.from([100, 50, 0, 100, 50, 0], (value) => value / 255);
  const read = (shiftPx: number, random: Random | undefined): Float32Array => {
    const out = new Float32Array(6);
    const variation = { shiftPx, contrast: 0, brightness: 0 };
    readPictures({ frames, image: [2, 3], mean, variation }, { first: 0, count: 1 }, random, out, 0);
    return out;
  };
  assert.deepEqual(
    read(1, undefined),
    Float32Array.of(100, 50, 0, 100, 50, 255).map((value) => value / 255),
  );
  const shifted = Array.from({ length: 40 }, (_, seed) => read(1, new Random(seed)));
  const places = shifted.map((picture) => picture.findIndex((value, at) => Math.abs(value - mean[at] - 1) < 1e-6));
  assert.ok(new Set(places).size >= 3, 'what differs from the mean picture moves');
  for (const picture of shifted) {
    assert.ok(
      picture.every((value, at) => value >= mean[at] - 1e-6),
      'and leaves no edge of the background behind',
    );
  }
});
