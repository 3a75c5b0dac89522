/** Spoiled input, on purpose or not: every reader takes it or refuses it with a documented error. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readGameFile } from '../../src/games/game-file.js';
import { readBundle } from '../../src/policy/bundle.js';
import { initialBundle } from '../../src/policy/initial-bundle.js';
import { readKerasArchive } from '../../src/training/keras/read.js';
import { PROJECT_ROOT } from '../../testing/cli/cli.js';
import { runFuzz } from './run.js';
import { fuzzTargets } from './targets.js';
import { tinyArchive, zipBomb } from './tiny-archive.js';
import { folderForTests } from '../../testing/temporary-folder.js';

/** The whole is `npm run prove fuzz -- --cases 20000 --seed 1`. */
const CASES = 700;

const folder = folderForTests('fuzz');
const fresh = (): string => mkdtempSync(join(folder, 'case-'));

test('spoiled bundles, sessions, game files, archives, pictures and messages are accepted or refused, and do no other harm', async () => {
  const results = await runFuzz(await fuzzTargets(fresh()), CASES, 7);
  assert.deepEqual(
    results.filter(({ finding }) => finding !== null).map(({ target, finding }) => `${target}: ${finding}`),
    [],
  );
  for (const { target, refused } of results) {
    if (target === 'guard message' || target === 'label file') continue; // the guard ends by itself; nearly any bytes are valid labels
    assert.ok(Object.keys(refused).length > 0, `${target}: nothing was refused, so nothing was tried`);
  }
});

test('a .keras archive that unpacks to a gigabyte is refused before it is unpacked', async () => {
  const path = join(fresh(), 'bomb.keras');
  const bomb = zipBomb('config.json.txt', 1);
  assert.ok(bomb.length < 1000);
  // the sizes that an archive claims stand in its directory: claim two gigabytes for the weights
  const archive = Buffer.from((await tinyArchive()).bytes);
  const directory = archive.lastIndexOf(Buffer.from('PK\x01\x02'));
  archive.writeUInt32LE(2 ** 31, directory + 24);
  writeFileSync(path, archive);
  const beforeBytes = process.memoryUsage().rss;
  await assert.rejects(readKerasArchive(path), {
    code: 'model-unreadable',
    message: /would unpack to 2147483648 bytes/,
  });
  assert.ok(process.memoryUsage().rss - beforeBytes < 200e6);
});

test('a .keras archive of zeros packed to a thousandth is refused, whatever it claims', async () => {
  const path = join(fresh(), 'bomb.keras');
  writeFileSync(path, zipBomb('model.weights.h5', 5_000_000));
  await assert.rejects(readKerasArchive(path), { code: /^model-un/ });
});

test('a bundle reads no file outside its folder, by name or by link', async () => {
  const path = join(fresh(), 'bundle');
  const { manifest } = await initialBundle({ latent: 4, head: 'gru', seed: 1, out: path });
  const secret = join(folder, 'secret.onnx');
  writeFileSync(secret, 'secret');
  for (const name of ['../secret.onnx', secret, 'a/../../secret.onnx', '..', '.', '']) {
    const files = { ...manifest.files, encoder: { ...manifest.files.encoder, path: name } };
    writeFileSync(join(path, 'manifest.json'), JSON.stringify({ ...manifest, files }));
    await assert.rejects(readBundle(path), { code: 'bundle-corrupt' }, name);
  }
  writeFileSync(join(path, 'manifest.json'), JSON.stringify(manifest));
  rmSync(join(path, 'encoder.onnx'));
  symlinkSync(secret, join(path, 'encoder.onnx'));
  await assert.rejects(readBundle(path), { code: 'bundle-corrupt', message: /leads out of the bundle/ });
});

test('a game file that is a device, a folder or a link to one is refused, not read without end', () => {
  const path = join(fresh(), 'game.json');
  symlinkSync('/dev/zero', path);
  assert.throws(() => readGameFile(path), { code: 'game-file-invalid' });
  const directory = join(fresh(), 'folder.json');
  mkdirSync(directory);
  assert.throws(() => readGameFile(directory), { code: 'game-file-invalid' });
});

test('nothing in the program evaluates text as code', () => {
  const sources = readdirSync(join(PROJECT_ROOT, 'src'), { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  );
  assert.ok(sources.length > 100);
  for (const name of sources) {
    // a constant text of ours, without input from outside: this is how the garbage collector is reached
    const text = readFileSync(join(PROJECT_ROOT, 'src', name), 'utf8').replace(
      /runInNewContext\('gc'\)|\{ runInNewContext \}/g,
      '',
    );
    assert.doesNotMatch(text, /\beval\(|new Function\(|\bvm\.run|runInNewContext/, name);
  }
});
