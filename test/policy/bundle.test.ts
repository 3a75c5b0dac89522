import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { cp, mkdir, readdir, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { ActionSet } from '../../src/core/action-set.js';
import { STUDY_ACTIONS } from '../../src/core/study-actions.js';
import { descriptionOf, readBundle, writeBundle } from '../../src/policy/bundle.js';
import { migrate } from '../../src/policy/manifest.js';
import { openModel } from '../../src/policy/model.js';
import { checkGraph } from '../../src/policy/onnx/check-graph.js';
import { decodeModel, encodeModel, type ModelMessage } from '../../src/policy/onnx/messages.js';
import { smallBundle } from '../../testing/models/small-bundle.js';
import { openFolder } from '../../testing/temporary-folder.js';
import { hasCode } from '../../testing/error-code.js';

type Json = Record<string, unknown>;

/** Writes a small bundle, lets `change` edit its parsed manifest, and reads it. */
async function readChanged(change: (manifest: Json) => unknown): Promise<unknown> {
  using folder = openFolder('bundle');
  const out = join(folder.path, 'model');
  await smallBundle(out);
  const path = join(out, 'manifest.json');
  const manifest = JSON.parse(await readFile(path, 'utf8')) as Json;
  const changed = change(manifest) ?? manifest;
  await writeFile(path, typeof changed === 'string' ? changed : JSON.stringify(changed));
  return await readBundle(out); // before the folder goes away
}

const at = (manifest: Json, ...keys: readonly string[]) => keys.reduce((part, key) => part[key] as Json, manifest);

test('a bundle is read back as it was written', async () => {
  using folder = openFolder('bundle');
  const out = join(folder.path, 'model');
  const written = await smallBundle(out);
  const read = await readBundle(out);
  assert.deepEqual(read.manifest, written.manifest);
  assert.equal(read.id, written.id);
  assert.deepEqual(await readdir(folder.path), ['model']);
});

test('a folder without a bundle, or without one of its files, is missing', async () => {
  using folder = openFolder('bundle');
  await assert.rejects(readBundle(join(folder.path, 'none')), hasCode('bundle-missing', /none/));
  await assert.rejects(readBundle(folder.path), hasCode('bundle-missing', /manifest\.json/));
  const out = join(folder.path, 'model');
  await smallBundle(out);
  await rm(join(out, 'head.onnx'));
  await assert.rejects(readBundle(out), hasCode('bundle-missing', /head\.onnx/));
});

test('a manifest of the wrong shape is corrupt, and the field is named', async () => {
  await assert.rejects(
    readChanged(() => '{"formatVersion": 1,'),
    hasCode('bundle-corrupt', /not JSON/),
  );
  await assert.rejects(
    readChanged(() => '[]'),
    hasCode('bundle-corrupt', /not a JSON object/),
  );
  await assert.rejects(
    readChanged((manifest) => void delete manifest.fps),
    hasCode('bundle-corrupt', /fps/),
  );
  await assert.rejects(
    readChanged((manifest) => void (manifest.actions = ['UP', 'UP'])),
    hasCode('bundle-corrupt', /actions/),
  );
  await assert.rejects(
    readChanged((manifest) => void (at(manifest, 'thresholds').JUMP = { press: 0.3, release: 0.4 })),
    hasCode('bundle-corrupt', /thresholds\.JUMP/),
  );
  await assert.rejects(
    readChanged((manifest) => void delete at(manifest, 'thresholds').JUMP),
    hasCode('bundle-corrupt', /thresholds\.JUMP/),
  );
});

test('a changed or cut model file is corrupt', async () => {
  using folder = openFolder('bundle');
  const out = join(folder.path, 'model');
  const bundle = await smallBundle(out);
  const path = join(out, 'encoder.onnx');
  const changed = Uint8Array.from(bundle.encoder);
  changed[changed.length - 500] ^= 1;
  await writeFile(path, changed);
  await assert.rejects(readBundle(out), hasCode('bundle-corrupt', /SHA-256/));
  await truncate(path, 1000);
  await assert.rejects(readBundle(out), hasCode('bundle-corrupt', /1000 bytes, expected/));
});

test('a file path that leads out of the bundle is refused', async () => {
  for (const path of ['../model/encoder.onnx', '/etc/passwd', 'a/b.onnx', '..', 'a\\b.onnx']) {
    const change = (manifest: Json) => void (at(manifest, 'files', 'encoder').path = path);
    await assert.rejects(readChanged(change), hasCode('bundle-corrupt', /files\.encoder\.path/));
  }
  using folder = openFolder('bundle');
  const out = join(folder.path, 'model');
  await smallBundle(out);
  await cp(join(out, 'head.onnx'), join(folder.path, 'elsewhere.onnx'));
  await rm(join(out, 'head.onnx'));
  await symlink(join(folder.path, 'elsewhere.onnx'), join(out, 'head.onnx'));
  await assert.rejects(readBundle(out), hasCode('bundle-corrupt', /leads out/));
});

test('another preprocessing is a mismatch that names the field, what it is and what was expected', async () => {
  await assert.rejects(
    readChanged((manifest) => void (at(manifest, 'preprocessing').gray = 'average')),
    hasCode('bundle-mismatch', /preprocessing\.gray is "average", expected "bt601-15bit"/),
  );
  await assert.rejects(
    readChanged((manifest) => void (at(manifest, 'preprocessing').width = 64)),
    hasCode('bundle-mismatch', /preprocessing\.width is 64, expected 128/),
  );
  await assert.rejects(
    readChanged((manifest) => void (at(manifest, 'preprocessing', 'crop').left = 0.0000000001)),
    hasCode('bundle-mismatch', /fingerprint/),
  );
});

test('a manifest whose sizes are not those of its graphs is a mismatch', async () => {
  await assert.rejects(
    readChanged((manifest) => void (manifest.latentSize = 16)),
    hasCode('bundle-mismatch', /encoder\.onnx: the shape of its output without B is \[8\], expected \[16\]/),
  );
  await assert.rejects(
    readChanged((manifest) => void (manifest.windowLength = 11)),
    hasCode('bundle-mismatch', /\[10,8\], expected \[11,8\]/),
  );
  await assert.rejects(
    readChanged((manifest) => void (manifest.actions as string[]).pop()),
    hasCode('bundle-mismatch', /\[7\], expected \[6\]/),
  );
});

test('a newer format is refused naming both versions', async () => {
  await assert.rejects(
    readChanged((manifest) => void (manifest.formatVersion = 9)),
    hasCode('bundle-too-new', /version 9; this understudy reads up to 1/),
  );
  for (const version of [0, '1', null]) {
    await assert.rejects(
      readChanged((manifest) => void (manifest.formatVersion = version)),
      hasCode('bundle-corrupt', /formatVersion/),
    );
  }
});

test('an older format is upgraded step by step', () => {
  const migrations = {
    1: (old: Json) => ({ ...old, rate: old.hz }),
    2: (old: Json) => ({ ...old, rate: [old.rate] }),
  };
  const brought = migrate({ formatVersion: 1, hz: 10 }, 'manifest.json', migrations, 3);
  assert.deepEqual(brought, { formatVersion: 3, hz: 10, rate: [10] });
  assert.throws(
    () => migrate({ formatVersion: 1 }, 'manifest.json', {}, 2),
    hasCode('bundle-corrupt', /no migration from format version 1 to 2/),
  );
});

test('a bundle that cannot be read back does not take the place of what was there', async () => {
  using folder = openFolder('bundle');
  const out = join(folder.path, 'model');
  const { manifest, encoder } = await smallBundle(out);
  await assert.rejects(
    writeBundle(out, descriptionOf(manifest), { encoder, head: encoder }),
    hasCode('bundle-mismatch', /head\.onnx/),
  );
  assert.deepEqual((await readBundle(out)).manifest, manifest);
  assert.deepEqual(await readdir(folder.path), ['model']);
});

test('a folder that holds something else is never replaced', async () => {
  using folder = openFolder('bundle');
  const out = join(folder.path, 'precious');
  await mkdir(out);
  await writeFile(join(out, 'thesis.txt'), 'words');
  await assert.rejects(smallBundle(out), hasCode('write-failed', /is not a model bundle/));
  assert.equal(await readFile(join(out, 'thesis.txt'), 'utf8'), 'words');
  await writeFile(join(folder.path, 'file'), '');
  await assert.rejects(smallBundle(join(folder.path, 'file', 'model')), hasCode('write-failed', /cannot be written/));
});

test('writing again replaces the bundle and leaves nothing beside it', async () => {
  using folder = openFolder('bundle');
  const out = join(folder.path, 'model');
  const first = await smallBundle(out);
  const second = await smallBundle(out, { seed: 2 });
  assert.notEqual(second.id, first.id);
  assert.equal((await readBundle(out)).id, second.id);
  assert.deepEqual(await readdir(folder.path), ['model']);
});

test('only flat graphs of our operators, with their weights inside, reach the engine', async () => {
  using folder = openFolder('bundle');
  const { encoder } = await smallBundle(join(folder.path, 'model'));
  const model = decodeModel(encoder);
  const withGraph = (change: Partial<ModelMessage['graph']>): Uint8Array =>
    encodeModel({ ...model, graph: { ...model.graph, ...change } });
  const [weight, ...others] = model.graph.initializer!;
  const [node, ...rest] = model.graph.node!;
  const refused: readonly (readonly [Uint8Array, RegExp])[] = [
    [Buffer.from('not onnx'), /not an ONNX file|no graph/],
    [new Uint8Array(0), /no graph/],
    [withGraph({ node: [{ ...node, opType: 'Loop' }, ...rest] }), /operator Loop/],
    [withGraph({ node: [{ ...node, domain: 'com.evil' }, ...rest] }), /com\.evil\.Transpose/],
    [
      withGraph({ node: [{ ...node, attribute: [{ name: 'body', type: 5, graph: Buffer.from('x') }] }, ...rest] }),
      /contains another graph/,
    ],
    [withGraph({ initializer: [{ ...weight, dataLocation: 1 }, ...others] }), /is in another file/],
    [withGraph({ initializer: [{ ...weight, externalData: [Buffer.from('x')] }, ...others] }), /is in another file/],
    [withGraph({ initializer: [{ ...weight, dims: [1e9, 1e9] }, ...others] }), /shape|bytes/],
    [withGraph({ initializer: [{ ...weight, dims: [3, 3] }, ...others] }), /bytes, expected 36/],
    [withGraph({ initializer: [{ ...weight, dataType: 8 }, ...others] }), /data type 8/],
    [withGraph({ sparseInitializer: [Buffer.from('x')] }), /sparse/],
    [withGraph({ output: [] }), /0 outputs/],
    [withGraph({ node: Array.from({ length: 201 }, () => node) }), /201 nodes/],
    [encodeModel({ ...model, functions: [Buffer.from('x')] }), /functions/],
  ];
  for (const [bytes, text] of refused) {
    assert.throws(() => checkGraph(bytes, 'encoder.onnx'), hasCode('bundle-corrupt', text));
  }
  checkGraph(encoder, 'encoder.onnx');
});

test('a graph whose hash fits but which the engine refuses is corrupt, not a crash', async () => {
  using folder = openFolder('bundle');
  const out = join(folder.path, 'model');
  const { encoder, manifest, head } = await smallBundle(out);
  const model = decodeModel(encoder);
  const nodes = model.graph.node!.map((node) => (node.opType === 'Conv' ? { ...node, opType: 'Relu' } : node));
  const broken = encodeModel({ ...model, graph: { ...model.graph, node: nodes } });
  const bundle = await writeBundle(out, descriptionOf(manifest), { encoder: broken, head });
  assert.equal(bundle.manifest.files.encoder.sha256, createHash('sha256').update(broken).digest('hex'));
  await assert.rejects(openModel(bundle), hasCode('bundle-corrupt', /encoder\.onnx does not run/));
});

test("rules of the actions are written only where they are not the study's, so that its bundles stay as they were", async () => {
  using folder = openFolder('bundle');
  const readManifest = async (name: string): Promise<Json> =>
    JSON.parse(await readFile(join(folder.path, name, 'manifest.json'), 'utf8')) as Json;
  await smallBundle(join(folder.path, 'study'));
  await smallBundle(join(folder.path, 'part'), { actions: STUDY_ACTIONS.subset(['DASH', 'LEFT', 'RIGHT']) });
  await smallBundle(join(folder.path, 'bare'), { actions: ['FIRE', 'DUCK'] });
  await smallBundle(join(folder.path, 'ruled'), {
    actions: new ActionSet({ names: ['FIRE', 'DUCK'], opposing: [['FIRE', 'DUCK']] }),
  });
  await smallBundle(join(folder.path, 'other-rules'), { actions: new ActionSet({ names: ['JUMP', 'DASH'] }) });
  for (const name of ['study', 'part', 'bare']) assert.equal('actionRules' in (await readManifest(name)), false, name);
  assert.deepEqual((await readManifest('ruled')).actionRules, {
    opposing: [['FIRE', 'DUCK']],
    rare: [],
    scored: ['FIRE', 'DUCK'],
  });
  assert.deepEqual((await readBundle(join(folder.path, 'other-rules'))).actions.rules(), {
    opposing: [],
    rare: [],
    scored: ['JUMP', 'DASH'],
  });
  assert.equal((await readBundle(join(folder.path, 'study'))).actions, STUDY_ACTIONS);
});

test('a manifest whose actions are not a set, or whose thresholds are for others, is corrupt', async () => {
  const withActions = (actions: unknown, rules?: unknown) =>
    readChanged((manifest) => ({ ...manifest, actions, ...(rules === undefined ? {} : { actionRules: rules }) }));
  await assert.rejects(withActions([]), hasCode('bundle-corrupt', /actions/));
  await assert.rejects(withActions(['JUMP', 'jump']), hasCode('bundle-corrupt', /twice/));
  await assert.rejects(withActions(Array.from({ length: 31 }, (_, i) => `a${i}`)), hasCode('bundle-corrupt', /31/));
  const rules = { opposing: [['JUMP', 'FLY']], rare: [], scored: ['JUMP'] };
  await assert.rejects(withActions(['JUMP'], rules), hasCode('bundle-corrupt', /FLY/));
  await assert.rejects(
    readChanged((manifest) => {
      at(manifest, 'thresholds').FLY = { press: 0.5, release: 0.4 };
    }),
    hasCode('bundle-corrupt', /thresholds\.FLY/),
  );
});
