import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { openModel } from '../../src/policy/model.js';
import { readBundle } from '../../src/policy/bundle.js';
import { readEncoderWeights } from '../../src/policy/onnx/encoder-graph.js';
import { readHeadWeights } from '../../src/policy/onnx/head-graph.js';
import { collapseOf } from '../../src/training/train-autoencoder.js';
import { loadEngine, type Engine } from '../../src/training/engine.js';
import { train, type TrainOptions } from '../../src/training/train.js';
import { STUDY_CONTRACT } from '../../src/vision/preprocessing-contract.js';
import { DOT_IMAGE, dotFights } from '../../testing/sessions/dot-fights.js';
import { lacksEngine } from '../../testing/models/training-engine.js';
import { folderForTests } from '../../testing/temporary-folder.js';

const skip = lacksEngine;
const folder = folderForTests('train');

let engine: Engine;
before(async () => {
  if (skip === false) engine = await loadEngine('tfjs-node', { deterministic: true });
});

const COMMON = { batchSize: 16, patience: null, seed: 3 };

function options(name: string, changes: Partial<TrainOptions> = {}): TrainOptions {
  const [height, width] = DOT_IMAGE;
  return {
    data: dotFights(6, 60),
    fps: 10,
    preprocessing: { ...STUDY_CONTRACT, height, width },
    autoencoder: {
      ...COMMON,
      ...{ kind: 'advanced', latentSize: 16, channels: [4, 8], epochs: 14, learningRate: 3e-3 },
      outputBias: 'mean-pixel',
    },
    head: {
      ...COMMON,
      ...{ kind: 'gru', units: [16, 8], dropout: 0.1, loss: { kind: 'bce' }, rareWeight: 1 },
      ...{ weightSemantics: 'per-sample', windowLength: 5, horizon: 1, acrossFights: false },
      ...{ epochs: 12, learningRate: 1e-2 },
    },
    out: join(folder, name),
    name,
    workFolder: join(folder, `${name}-work`),
    ...changes,
  };
}

test('a training ends in a bundle that answers what was trained', { skip }, async () => {
  const steps: string[] = [];
  const result = await train(engine, options('whole', { onStep: (step) => steps.push(step) }));
  assert.deepEqual(steps, ['autoencoder', 'latents', 'head', 'bundle']);
  assert.ok(result.autoencoder!.loss < 0.5 * result.autoencoder!.meanFrame.loss, 'the autoencoder has learned');
  assert.ok(result.validation!.perAction.SHOOT.f1 > 0.99);
  assert.ok(result.validation!.perAction.RIGHT.f1 > 0.7, `RIGHT ${result.validation!.perAction.RIGHT.f1}`);
  assert.ok(result.test !== null);
  const { learned } = result;
  assert.deepEqual([learned?.on, learned?.perAction['SHOOT'].f1], ['test', result.test.perAction.SHOOT.f1]);
  assert.ok(
    learned!.perAction['RIGHT'].copyLast! > 0.5,
    'the keys before are those of the frame before, not of nothing',
  );
  const bundle = await readBundle(join(folder, 'whole'));
  assert.equal(bundle.manifest.horizon, 1);
  assert.equal(bundle.manifest.apply, 'next-tick');
  assert.equal(bundle.manifest.windowLength, 5);
  // DOWN is never held: its threshold is out of reach
  assert.ok(bundle.manifest.thresholds.DOWN.press > 0.9);
  const { encoder, head } = await openModel(bundle);
  const probabilities = new Float32Array(7);
  await head.predict(probabilities);
  assert.equal(encoder.latentSize, 16);
  assert.ok(probabilities.every((value) => value >= 0 && value <= 1));
  await Promise.all([encoder[Symbol.asyncDispose](), head[Symbol.asyncDispose]()]);
  const history = JSON.parse(readFileSync(join(folder, 'whole-work', 'history.json'), 'utf8')) as Record<string, []>;
  assert.equal(history.autoencoder.length, 14);
  assert.equal(history.head.length, 12);
});

test('a training that is stopped in its head and resumed gives the same weights, bit by bit', { skip }, async () => {
  const whole = await train(engine, options('unbroken'));
  const stop = new AbortController();
  const broken = train(
    engine,
    options('broken', {
      signal: stop.signal,
      onProgress: (step, { epoch, step: batch }) => {
        if (step === 'head' && epoch === 5 && batch === 3) stop.abort(new Error('stopped'));
      },
    }),
  );
  await assert.rejects(broken, /stopped/);
  assert.ok(!existsSync(join(folder, 'broken')), 'no half bundle');
  const resumed = await train(engine, options('broken', { resume: true }));
  assert.deepEqual(readEncoderWeights(resumed.bundle.encoder), readEncoderWeights(whole.bundle.encoder));
  assert.deepEqual(readHeadWeights(resumed.bundle.head), readHeadWeights(whole.bundle.head));
  assert.equal(readdirSync(join(folder, 'broken-work')).filter((name) => name.startsWith('latents-')).length, 1);
});

test("the study's baseline and focal loss train too, with an LSTM and weights for rare windows", { skip }, async () => {
  const base = options('study');
  const result = await train(engine, {
    ...base,
    threshold: 0.5,
    storage: 'float16',
    autoencoder: { ...base.autoencoder, kind: 'baseline', epochs: 14 },
    head: {
      ...base.head,
      ...{ kind: 'lstm', loss: { kind: 'focal', gamma: 2, alpha: 0.25 }, rareWeight: 6 },
      ...{ weightSemantics: 'batch-wide', acrossFights: true, epochs: 2 },
    },
  });
  assert.equal(result.autoencoder!.latentSize, 4 * 8 * 8);
  assert.deepEqual(result.bundle.manifest.thresholds.JUMP, { press: 0.5, release: 0.5 });
});

test('an autoencoder that learns nothing is started again and then given up, with the reason', { skip }, async () => {
  const base = options('collapsed');
  const said: string[] = [];
  const run = train(engine, {
    ...base,
    autoencoder: { ...base.autoencoder, learningRate: 0, epochs: 2 },
    say: (message) => said.push(message),
  });
  await assert.rejects(run, { code: 'training-diverged', message: /collapsed 3 times/ });
  assert.equal(said.length, 3);
});

test('a collapse is a loss near the mean frame, or latents that never change', () => {
  const epoch = { epoch: 1, loss: 0.05, validationLoss: 0.02, seconds: 1 };
  const mean = { picture: new Float32Array(1), meanPixel: 0.1, loss: 0.03 };
  assert.equal(collapseOf(epoch, mean, 100, 512), null);
  assert.match(collapseOf({ ...epoch, validationLoss: 0.029 }, mean, 100, 512)!, /not well below/);
  assert.match(collapseOf(epoch, mean, 3, 512)!, /509 of its 512 latents never change/);
});

test('a folder that is not a bundle is not overwritten', { skip }, async () => {
  const out = join(folder, 'somebody-elses');
  mkdirSync(out);
  writeFileSync(join(out, 'diary.txt'), 'dear diary');
  await assert.rejects(train(engine, options('x', { out })), { code: 'bad-option' });
});
