import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate';
import { runLatents } from '../../src/policy/inspect.js';
import { Random } from '../../src/core/random.js';
import { autoencoderNetwork, headNetwork, keyEncoderNetwork } from '../../src/training/architectures.js';
import { loadEngine } from '../../src/training/engine.js';
import { LoadedModel } from '../../src/training/forward.js';
import { exportModel, importModel } from '../../src/training/import-model.js';
import { initialWeights } from '../../src/training/initial-weights.js';
import { readKerasArchive } from '../../src/training/keras/read.js';
import { writeKerasArchive } from '../../src/training/keras/write.js';
import { fixtureFloats, fixturePath } from '../../testing/models/fixtures.js';
import { lacksPython, runPython } from '../../testing/models/keras-python.js';
import { lacksFixtures } from '../../testing/models/shared-files.js';

const folder = folderForTests('keras');

const lacksKeras = lacksPython('keras');

type Files = Record<string, Uint8Array>;

/** A copy of the fixture archive with its files changed; null leaves one out. */
function changedArchive(name: string, change: (files: Files) => Files): string {
  const files = change(unzipSync(readFileSync(fixturePath('gru-16.keras'))));
  const path = join(folder, name);
  writeFileSync(path, zipSync(files));
  return path;
}

/** A copy of the fixture archive with its config.json changed as text. */
function withConfig(name: string, from: string, to: string): string {
  return changedArchive(name, (files) => {
    const config = strFromU8(files['config.json']);
    assert.ok(config.includes(from), `the config has ${from}`);
    return { ...files, 'config.json': strToU8(config.replace(from, to)) };
  });
}

test('an archive is written as it was read', { skip: lacksFixtures }, async () => {
  for (const file of ['autoencoder-16.keras', 'baseline-autoencoder.keras', 'gru-16.keras', 'lstm-16.keras']) {
    const model = await readKerasArchive(fixturePath(file));
    const path = join(folder, `copy-of-${file}`);
    await writeKerasArchive(path, model);
    assert.deepEqual(await readKerasArchive(path), model);
  }
});

test('a layer that is not known is refused by name, and nothing of it is run', { skip: lacksFixtures }, async () => {
  const lambda = withConfig('lambda.keras', '"class_name": "Dropout"', '"class_name": "Lambda"');
  await assert.rejects(readKerasArchive(lambda), { code: 'model-unsupported', message: /'dropout' is a Lambda/ });
  const custom = withConfig('custom.keras', '"activation": "tanh"', '"activation": "os.system"');
  await assert.rejects(readKerasArchive(custom), { code: 'model-unsupported', message: /activation "os.system"/ });
  const backwards = withConfig('backwards.keras', '"go_backwards": false', '"go_backwards": true');
  await assert.rejects(readKerasArchive(backwards), { code: 'model-unsupported', message: /'gru'.*go_backwards true/ });
  const half = withConfig('half.keras', '"config": {"name": "float32"}', '"config": {"name": "mixed_float16"}');
  await assert.rejects(readKerasArchive(half), { code: 'model-unsupported', message: /mixed_float16/ });
});

test('weights of another shape, or absent ones, are refused by name', { skip: lacksFixtures }, async () => {
  const wide = withConfig('wide.keras', '"units": 128', '"units": 96');
  await assert.rejects(readKerasArchive(wide), { code: 'model-unreadable', message: /layers\/gru\/cell\/vars\/0/ });
  const huge = withConfig('huge.keras', '"units": 128', '"units": 900000');
  await assert.rejects(readKerasArchive(huge), { code: 'model-unreadable', message: /need \d+ bytes of weights/ });
  const bare = changedArchive('bare.keras', (files) => ({ 'config.json': files['config.json'] }));
  await assert.rejects(readKerasArchive(bare), { code: 'model-unreadable', message: /no model.weights.h5/ });
});

test('a truncated archive, another file and an absent one are said to be so', { skip: lacksFixtures }, async () => {
  const whole = readFileSync(fixturePath('gru-16.keras'));
  const cut = join(folder, 'cut.keras');
  writeFileSync(cut, whole.subarray(0, whole.length / 2));
  await assert.rejects(readKerasArchive(cut), { code: 'model-unreadable', message: /does not unzip/ });
  const text = join(folder, 'text.keras');
  writeFileSync(text, 'not a model');
  await assert.rejects(readKerasArchive(text), { code: 'model-unreadable' });
  await assert.rejects(readKerasArchive(join(folder, 'absent.keras')), { code: 'file-missing' });
  const damaged = changedArchive('damaged.keras', (files) => ({
    ...files,
    'model.weights.h5': files['model.weights.h5'].map((byte, index) => (index < 4096 ? 0 : byte)),
  }));
  await assert.rejects(readKerasArchive(damaged), { code: 'model-unreadable' });
});

test('an archive that would unpack to more than it may is refused before it is unpacked', async () => {
  const bomb = join(folder, 'bomb.keras');
  // 64 MiB of zeros in 64 kB of archive, where a config.json may have 16 MiB
  writeFileSync(
    bomb,
    zipSync({ 'config.json': new Uint8Array(64 * 1024 ** 2), 'model.weights.h5': new Uint8Array(8) }),
  );
  await assert.rejects(readKerasArchive(bomb), { code: 'model-unreadable', message: /would unpack to 67108864 bytes/ });
});

test('a bundle imported from archives answers what Keras answers', { skip: lacksFixtures }, async () => {
  for (const kind of ['gru', 'lstm']) {
    const out = join(folder, `bundle-${kind}`);
    await importModel({
      ...{ encoder: fixturePath('autoencoder-16.keras'), latentLayer: 'latent' },
      ...{ head: fixturePath(`${kind}-16.keras`), out, name: kind },
    });
    const { probabilities } = await runLatents(out, fixturePath('sequences.bin'));
    const expected = fixtureFloats(`probabilities-${kind}`).values;
    for (const [index, value] of probabilities.flat().entries()) {
      assert.ok(Math.abs(value - expected[index]) < 1e-5, `${kind} ${index}: ${value}, Keras ${expected[index]}`);
    }
  }
});

test('archives that do not fit each other are refused with what was expected', { skip: lacksFixtures }, async () => {
  const head = fixturePath('gru-16.keras');
  const base = { head, out: join(folder, 'misfit'), name: 'misfit' };
  const baseline = importModel({ ...base, encoder: fixturePath('baseline-encoder.keras') });
  await assert.rejects(baseline, { code: 'bundle-mismatch', message: /latents of 18432; the head takes \[10, 16\]/ });
  const encoder = fixturePath('encoder-16.keras');
  await assert.rejects(importModel({ ...base, encoder, actions: ['JUMP'] }), {
    code: 'bundle-mismatch',
    message: /7 outputs; 1 actions/,
  });
  const unnamed = importModel({ ...base, encoder: fixturePath('autoencoder-16.keras'), latentLayer: 'z' });
  await assert.rejects(unnamed, { code: 'model-unsupported', message: /no layer 'z'; there are/ });
});

const PREDICT = `
import sys, json, numpy as np, keras
model = keras.models.load_model(sys.argv[1])
x = np.fromfile(sys.argv[2], 'float32').reshape([-1, *model.input_shape[1:]])
print(json.dumps(model.predict(x, verbose=0).reshape(-1).astype(float).tolist()))
`;
import { folderForTests } from '../../testing/temporary-folder.js';

const kerasPredicts = (archive: string, input: string): number[] => runPython(PREDICT, archive, input) as number[];

test('Keras itself opens what is exported and predicts the same', { skip: lacksFixtures || lacksKeras }, async () => {
  const out = join(folder, 'to-export');
  const head = fixturePath('gru-16.keras');
  await importModel({ encoder: fixturePath('encoder-16.keras'), head, out, name: 'to-export' });
  const paths = await exportModel(out, join(folder, 'exported'));
  const near = (got: number[], name: string): void => {
    const expected = fixtureFloats(name).values;
    assert.equal(got.length, expected.length);
    got.forEach((value, index) => assert.ok(Math.abs(value - expected[index]) < 1e-5, `${name} ${index}`));
  };
  near(kerasPredicts(paths.encoder, fixturePath('images.bin')), 'latents');
  near(kerasPredicts(paths.head, fixturePath('sequences.bin')), 'probabilities-gru');
});

test('Keras itself opens every architecture that is trained here', { skip: lacksFixtures || lacksKeras }, async () => {
  const networks = [
    autoencoderNetwork({ kind: 'advanced', latentSize: 8 }),
    autoencoderNetwork({ kind: 'baseline', latentSize: 8 }),
    headNetwork({ kind: 'lstm', latentSize: 16, actions: 7 }),
  ];
  for (const [index, network] of networks.entries()) {
    const path = join(folder, `made-${index}.keras`);
    await writeKerasArchive(path, { network, weights: initialWeights(network, 1) });
    const input = fixturePath(index < 2 ? 'images.bin' : 'sequences.bin');
    assert.ok(kerasPredicts(path, input).every((value) => value >= 0 && value <= 1));
  }
});

test(
  'Keras answers as an encoder that is trained on the keys does',
  { skip: lacksFixtures || lacksKeras },
  async () => {
    const network = keyEncoderNetwork({ latentSize: 8 });
    const random = new Random(4);
    // a mean picture, a variance and a scale of their own: the initial ones would hide a wrong order
    const weights = initialWeights(network, 1).map((weight) =>
      /mean|variance|gamma|beta/.test(weight.name)
        ? { ...weight, values: weight.values.map(() => random.uniform(0.1, 0.9)) }
        : weight,
    );
    const path = join(folder, 'on-keys.keras');
    await writeKerasArchive(path, { network, weights });
    const { values: images } = fixtureFloats('images');
    using model = new LoadedModel(await loadEngine('cpu'), { network, weights });
    const ours = model.run(images);
    const theirs = kerasPredicts(path, fixturePath('images.bin'));
    assert.equal(theirs.length, ours.length);
    for (const [index, value] of theirs.entries()) {
      assert.ok(Math.abs(value - ours[index]) < 1e-4, `${index}: Keras ${value}, here ${ours[index]}`);
    }
  },
);
