/** The package as a user gets it: packed, installed into an empty prefix with only the registry, played, trained. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { test } from 'node:test';
import { installPackage, lacksRegistry, type InstalledPackage } from '../../testing/package/installed-package.js';
import { recordBlockSession } from '../../testing/sessions/block-session.js';
import { folderForTests } from '../../testing/temporary-folder.js';

const skip = process.platform === 'linux' ? lacksRegistry() : 'needs Linux';
const folder = folderForTests('package');
const TINY = [
  ...['--latent', '8', '--channels', '4', '--units', '4', '--batch', '4', '--learning-rate', '0.01'],
  ...['--autoencoder-epochs', '1', '--epochs', '1', '--engine', 'cpu'],
];

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

test('the package installs, plays and trains with nothing but the registry', { skip, timeout: 280_000 }, async (t) => {
  let installed: InstalledPackage;
  await t.test('it installs, and no script of a package downloads anything', () => {
    installed = installPackage(folder);
    const scripts = [...installed.installLog.matchAll(/info run (\S+)@\S+ (?:pre|post)?install \S+ (.*)/g)];
    const allowed = ['koffi', 'uiohook-napi']; // they look whether their own binary loads
    assert.deepEqual(
      [...new Set(scripts.map(([, name]) => name))].filter((name) => !allowed.includes(name)),
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
  await t.test('help and a fight', () => {
    assert.match(installed.run('--help').stdout, /setup/);
    const played = installed.run('play', '--arena', '--seconds', '1', '--json');
    assert.equal(played.code, 0, played.stderr);
  });
  await t.test('training names what is missing, by a command that sets it up', async () => {
    const session = await recordBlockSession(folder);
    const train = (): ReturnType<InstalledPackage['run']> => installed.run('train', session, '--out', 'small', ...TINY);
    const refused = train();
    assert.equal(refused.code, 4);
    assert.match(refused.stderr, /`understudy setup training --engine cpu`/);
    const setUp = installed.run('setup', 'training', '--engine', 'cpu', '--json');
    assert.equal(setUp.code, 0, setUp.stderr);
    assert.match(setUp.stderr, /Fetching TensorFlow\.js .* \d+ MB/);
    const again = installed.run('setup', 'training', '--engine', 'cpu');
    assert.match(again.stdout, /Nothing to do/);
    const trained = train();
    assert.equal(trained.code, 0, trained.stderr);
    const played = installed.run('play', '--arena', '--model', 'small', '--seconds', '1');
    assert.equal(played.code, 0, played.stderr);
  });
});
