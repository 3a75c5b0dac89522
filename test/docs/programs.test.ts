import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { PROJECT_ROOT } from '../../testing/cli/cli.js';

interface Program {
  readonly kind: string;
  readonly name: string;
  readonly source: string;
  readonly question: string;
  readonly result: string;
  readonly takes: string;
}

const { readPrograms, KINDS } = (await import(
  pathToFileURL(join(PROJECT_ROOT, 'scripts', 'program-table.js')).href
)) as { readonly readPrograms: () => Program[]; readonly KINDS: readonly string[] };
const programs = readPrograms();

/** Folders whose files are programs, each with its row. */
const FOLDERS: Readonly<Record<string, string>> = {
  'bench/measurements': '.ts',
  'bench/proofs': '.ts',
  'bench/research': '.ts',
  'models/recipes': '.ts',
  'scripts/make': '.js',
};

test('each program of bench/, models/recipes and scripts/make has its row in bench/README.md, and each row its program', () => {
  const files = Object.entries(FOLDERS).flatMap(([folder, ending]) =>
    readdirSync(join(PROJECT_ROOT, folder))
      .filter((name) => name.endsWith(ending))
      .map((name) => `${folder}/${name}`),
  );
  assert.deepEqual(programs.map(({ source }) => source).sort(), files.sort());
});

test('each row says what its program answers, where the result lies and how long it takes', () => {
  for (const { name, ...row } of programs) {
    for (const [cell, text] of Object.entries(row)) assert.notEqual(text, '', `${name}: ${cell}`);
  }
  const names = programs.map(({ kind, name }) => `${kind} ${name}`);
  assert.equal(new Set(names).size, names.length, 'no name twice');
});

test('each command of a program that a document, a page of results or a comment shows is one that the runner knows', () => {
  const folders = ['docs', 'src', 'test', 'testing', 'bench', 'models/recipes', 'scripts'];
  const shown = folders.flatMap((folder) =>
    readdirSync(join(PROJECT_ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(md|json|ts|js|py)$/.test(name))
      .map((name) => join(folder, name)),
  );
  const known = new Set(programs.map(({ kind, name }) => `${kind} ${name}`));
  const scripts = (
    JSON.parse(readFileSync(join(PROJECT_ROOT, 'package.json'), 'utf8')) as {
      scripts: Readonly<Record<string, string>>;
    }
  ).scripts;
  const command = new RegExp(`npm run (${KINDS.join('|')}) ([a-z][a-z0-9-]*)`, 'g');
  for (const path of [...shown, 'README.md', 'ARCHITECTURE.md', 'CHANGELOG.md']) {
    if (!existsSync(join(PROJECT_ROOT, path))) continue;
    const text = readFileSync(join(PROJECT_ROOT, path), 'utf8');
    for (const [, kind, name] of text.matchAll(command)) {
      assert.ok(known.has(`${kind} ${name}`), `${path}: npm run ${kind} ${name}`);
    }
    for (const [, script] of text.matchAll(/npm run ([a-z]+(?::[a-z-]+)?)/g)) {
      assert.ok(script in scripts, `${path}: npm run ${script}`);
    }
  }
});
