import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { bindingPath, engineFolder, installedEngines } from '../../src/training/setup/cache.js';
import { linkEngine } from '../../src/training/setup/link.js';
import { packageFolder } from '../../src/training/setup/npm-package.js';
import { cacheRoot, removeDeadAttempts } from '../../src/training/setup/places.js';
import { setUpEngine } from '../../src/training/setup/set-up.js';
import { assertError } from '../../testing/cli/cli-errors.js';
import { runCli, withoutDisplay } from '../../testing/cli/cli.js';
import { lacksEngine } from '../../testing/models/training-engine.js';
import { folderForTests } from '../../testing/temporary-folder.js';

const folder = folderForTests('setup');

const lacksCompiler = spawnSync('g++', ['--version']).status === 0 ? false : 'needs g++';

test('the cache follows XDG_CACHE_HOME, and an empty one counts as none', () => {
  assert.equal(cacheRoot({ XDG_CACHE_HOME: '/somewhere' }), join('/somewhere', 'understudy'));
  assert.equal(cacheRoot({ XDG_CACHE_HOME: '' }), cacheRoot({}));
});

test('a folder without a record is no engine, however complete it looks', () => {
  const root = join(folder, 'half');
  const binding = bindingPath(engineFolder(root, '9.9.9'));
  mkdirSync(join(binding, '..'), { recursive: true });
  writeFileSync(binding, '');
  assert.deepEqual(installedEngines(root), []);
});

test('what a killed attempt left behind is removed, what a running one uses is not', async () => {
  const root = join(folder, 'attempts');
  const gone = spawn(process.execPath, ['-e', '']);
  await once(gone, 'exit');
  const running = join(root, `attempt-${process.ppid}`);
  for (const path of [join(root, `attempt-${gone.pid}`), running]) mkdirSync(path, { recursive: true });
  assert.deepEqual(removeDeadAttempts(root), [join(root, `attempt-${gone.pid}`)]);
  assert.ok(existsSync(running));
});

test('a folder without TensorFlow is refused with what it should hold, and leaves nothing', async () => {
  const root = join(folder, 'empty');
  const attempt = setUpEngine({ root, tensorflow: folder, say: () => undefined });
  await assert.rejects(attempt, { code: 'engine-missing', message: /libtensorflow_cc\.so\.2/ });
  assert.deepEqual(readdirSync(root), []);
});

test('programs that the wheel needs and that are missing are named before anything is fetched', async () => {
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  symlinkSync(process.execPath, join(bin, 'node'));
  const env = { ...withoutDisplay(), PATH: bin, XDG_CACHE_HOME: join(folder, 'no-tools') };
  const refused = await runCli(['setup', 'training', '--source', 'wheel'], { env });
  assertError(refused, 4, 'engine-missing', /needs python3 with pip and g\+\+/);
  assert.ok(!existsSync(env.XDG_CACHE_HOME));
});

test('setup takes no library for an engine that has none, and no source that it does not know', async () => {
  const wrong = async (...args: string[]): Promise<void> =>
    assertError(await runCli(['setup', 'training', ...args]), 2, 'bad-option', /--(again|source)/);
  await wrong('--engine', 'cpu', '--again');
  await wrong('--source', 'elsewhere');
});

test('an interrupted set-up leaves nothing', { skip: lacksEngine || lacksCompiler }, async () => {
  const root = join(folder, 'interrupted');
  const stop = new AbortController();
  const say = (message: string): void => {
    if (message.startsWith('Trying')) setImmediate(() => stop.abort(new Error('Ctrl-C')));
  };
  await assert.rejects(setUpEngine({ root, source: 'package', say, signal: stop.signal }));
  assert.deepEqual(readdirSync(root), []);
});

const binding = bindingPath(packageFolder());
const isInstalled = existsSync(binding) && realpathSync(binding).startsWith(realpathSync(packageFolder()));

test('without an engine the one line says what to run', { skip: isInstalled && 'the package has its own' }, () => {
  assert.throws(() => linkEngine(join(folder, 'nothing')), {
    code: 'engine-missing',
    exitCode: 4,
    next: 'Run `understudy setup training`; for tiny models --engine cpu is enough.',
  });
});

test('a second set-up finds the first one working and does nothing', { skip: lacksEngine }, async () => {
  const before = installedEngines(cacheRoot()).at(0);
  const result = await setUpEngine({ say: () => assert.fail('there was something to do') });
  assert.equal(result.isNew, false);
  assert.deepEqual(result.record, before?.record);
});
