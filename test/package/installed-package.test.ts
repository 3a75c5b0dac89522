/** The package as a user gets it: packed, installed into an empty prefix with only the registry, played, trained. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { test } from 'node:test';
import { assertError } from '../../testing/cli/cli-errors.js';
import { runCli, startCli, type CliResult } from '../../testing/cli/cli.js';
import { installPackage, lacksRegistry, type InstalledPackage } from '../../testing/package/installed-package.js';
import { recordBlockSession } from '../../testing/sessions/block-session.js';
import { folderForTests } from '../../testing/temporary-folder.js';

const skip = process.platform === 'linux' ? lacksRegistry() : 'needs Linux';
const folder = folderForTests('package');
const TINY = [
  ...['--latent', '8', '--channels', '4', '--units', '4', '--batch', '4', '--learning-rate', '0.01'],
  ...['--autoencoder-epochs', '1', '--epochs', '1', '--engine', 'cpu'],
];
const SET_UP = ['setup', 'training', '--engine', 'cpu'];

/** Relative targets of the links of a page, as paths from the package's folder. */
function linksOf(root: string, page: string): string[] {
  const text = readFileSync(join(root, page), 'utf8');
  return [...text.matchAll(/\]\(([^)#\s]+)/g)]
    .map((match) => match[1])
    .filter((target) => !/^https?:/.test(target))
    .map((target) => normalize(join(dirname(page), target)));
}

/** Every page that can be reached from README.md by links, and what they link to. */
function reachable(root: string): string[] {
  const found = new Set(['README.md']);
  for (const page of found) {
    if (page.endsWith('.md')) for (const target of linksOf(root, page)) found.add(target);
  }
  return [...found];
}

test('the package installs, plays and trains with nothing but the registry', { skip, timeout: 460_000 }, async (t) => {
  let installed: InstalledPackage;
  const run = (...args: string[]): Promise<CliResult> => runCli(args, { ...installed.place, root: installed.root });
  const inCache = (): string[] => readdirSync(join(folder, 'cache', 'understudy'));

  await t.test('it installs, and no script of a package downloads anything', () => {
    installed = installPackage(folder);
    installed.place.env.XDG_CACHE_HOME = join(folder, 'cache');
    const scripts = [...installed.installLog.matchAll(/info run (\S+)@\S+ (?:pre|post)?install /g)];
    const allowed = ['koffi', 'uiohook-napi', 'msgpackr-extract']; // they look whether their own binary loads
    assert.deepEqual(
      scripts.map(([, name]) => name).filter((name) => !allowed.includes(name)),
      [],
    );
    assert.deepEqual(
      installed.packed.filter((path) => /^dist\/.*\.map$|^src\/|^test|^models\/(?!arena-gru-512)/.test(path)),
      [],
    );
  });

  await t.test('whatever README.md leads to by links is in it', () => {
    const missing = reachable(installed.root).filter(
      (target) => !installed.packed.some((path) => path === target || path.startsWith(`${target.replace(/\/$/, '')}/`)),
    );
    assert.deepEqual(missing, []);
  });

  await t.test('it helps, and plays a fight', async () => {
    const { env, cwd } = installed.place;
    assert.match(spawnSync(installed.bin, ['--help'], { env, cwd, encoding: 'utf8' }).stdout, /setup/);
    const played = await run('play', '--arena', '--seconds', '1', '--json');
    assert.equal(played.code, 0, played.stderr);
  });

  await t.test('a set-up that finds no registry, or is interrupted, says so and leaves nothing', async () => {
    const { env, cwd } = installed.place;
    const alone = { ...env, npm_config_registry: 'http://127.0.0.1:9/', npm_config_cache: join(folder, 'no-cache') };
    const failed = await runCli(SET_UP, {
      cwd,
      root: installed.root,
      env: { ...alone, npm_config_fetch_retries: '0' },
    });
    assertError(failed, 4, 'engine-missing', /could not be fetched with npm: .*ECONNREFUSED/);
    assert.deepEqual(inCache(), []);
    const running = startCli(SET_UP, { ...installed.place, root: installed.root });
    await running.untilSaid('Fetching TensorFlow.js');
    running.child.kill('SIGINT');
    const { code, stderr } = await running.result;
    assert.equal(code, 130, stderr);
    assert.match(stderr, /Interrupted: what was fetched so far is removed/);
    assert.deepEqual(inCache(), []);
  });

  await t.test('training names what is missing, by a command that sets it up', async () => {
    const session = await recordBlockSession(folder);
    const train = ['train', session, '--out', 'small', ...TINY];
    assertError(await run(...train), 4, 'engine-missing', /`understudy setup training --engine cpu`/);
    const setUp = await run(...SET_UP, '--json');
    assert.equal(setUp.code, 0, setUp.stderr);
    assert.match(setUp.stderr, /Fetching TensorFlow\.js .* \d+ MB/);
    assert.match((await run(...SET_UP)).stdout, /Nothing to do/);
    const trained = await run(...train);
    assert.equal(trained.code, 0, trained.stderr);
    const played = await run('play', '--arena', '--model', 'small', '--seconds', '1');
    assert.equal(played.code, 0, played.stderr);
  });
});
