/** What the package is made from: the lock files, the manifest, and what pages say about starting the program. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { isCheckout, reinstallAdvice } from '../../src/core/installation.js';
import { PROJECT_ROOT } from '../../testing/cli/cli.js';
import { folderForTests } from '../../testing/temporary-folder.js';

interface Lock {
  readonly packages: Readonly<
    Record<string, { version?: string; hasInstallScript?: boolean; gypfile?: boolean; resolved?: string }>
  >;
}

const readJson = (path: string): unknown => JSON.parse(readFileSync(join(PROJECT_ROOT, path), 'utf8'));
const manifest = readJson('package.json') as {
  name: string;
  bin: Record<string, string>;
  dependencies: Record<string, string>;
};
const lock = readJson('package-lock.json') as Lock;

test("npm ci runs no package's script: the lock file names none, and none is compiled", () => {
  const entries = Object.entries(lock.packages).filter(([path]) => path !== '');
  const withScript = entries.filter(([, entry]) => entry.hasInstallScript === true);
  // npm compiles a package with a binding.gyp unless it is told not to
  const compiled = entries.filter(
    ([path, { gypfile }]) => existsSync(join(PROJECT_ROOT, path, 'binding.gyp')) && gypfile !== false,
  );
  assert.deepEqual(
    [...withScript, ...compiled].map(([path]) => path),
    [],
    'run `npm run make lock`',
  );
});

test('the lock files name no registry', () => {
  for (const path of ['package-lock.json', 'training-engine/package-lock.json']) {
    const { packages } = readJson(path) as Lock;
    assert.deepEqual(
      Object.values(packages).filter(({ resolved }) => resolved !== undefined),
      [],
      path,
    );
  }
});

test('the engine that is fetched is the one that the checkout is tested with', () => {
  const fetched = readJson('training-engine/package-lock.json') as Lock;
  for (const name of ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs', 'node-api-headers']) {
    const path = `node_modules/${name}`;
    assert.equal(fetched.packages[path].version, lock.packages[path].version, name);
  }
});

test('playing does not depend on the training engine', () => {
  assert.deepEqual(
    Object.keys(manifest.dependencies).filter((name) => name.includes('tensorflow')),
    [],
  );
});

test('the package has a name of its own, and its program keeps its name', () => {
  assert.equal(manifest.name, 'understudy-agent');
  assert.deepEqual(Object.keys(manifest.bin), ['understudy']);
});

const files = (folder: string, ending: string): string[] =>
  readdirSync(join(PROJECT_ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(ending))
    .map((name) => join(folder, name));

test('npx understudy is named only where it is said to be for a checkout, and never by the program', () => {
  const pages = ['README.md', 'ARCHITECTURE.md', 'CHANGELOG.md', ...files('docs', '.md')];
  const paragraphs = pages.flatMap((page) => readFileSync(join(PROJECT_ROOT, page), 'utf8').split('\n\n'));
  assert.deepEqual(
    paragraphs.filter((text) => text.includes('npx understudy') && !text.includes('checkout')),
    [],
  );
  const sources = [...files('src', '.ts'), ...files('bin', '.js')];
  assert.deepEqual(
    sources.filter((path) => readFileSync(join(PROJECT_ROOT, path), 'utf8').includes('npx understudy')),
    [],
  );
});

const installed = folderForTests('installed');

test('advice about a missing package fits a checkout, and an installed package', () => {
  assert.ok(isCheckout());
  assert.match(reinstallAdvice(), /^Run `npm ci` in \//);
  writeFileSync(join(installed, 'package.json'), '{ "name": "understudy-agent" }');
  assert.match(reinstallAdvice(installed), /^Install understudy-agent again .*`npm install -g`/);
});
