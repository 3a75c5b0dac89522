import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import { PROJECT_ROOT } from '../../testing/cli/cli.js';

interface ImportRule {
  readonly name: string;
  readonly from: { readonly path?: string };
  readonly to: { readonly pathNot?: string };
}

/** Room -> rooms that it may import, from the table of ARCHITECTURE.md; `everything` is kept as a word. */
function roomsInTable(): Map<string, readonly string[]> {
  const text = readFileSync(join(PROJECT_ROOT, 'ARCHITECTURE.md'), 'utf8');
  const rows = text.matchAll(/^\| `(\w+)` +\| [^|]+ \| ([\w ]+?) +\|$/gm);
  return new Map([...rows].map(([, room, imports]) => [room, imports === 'nothing' ? [] : imports.split(' ')]));
}

/** The same, from the rules that `npm run lint:imports` enforces. */
function roomsInRules(): Map<string, readonly string[]> {
  const { forbidden } = createRequire(import.meta.url)(join(PROJECT_ROOT, '.dependency-cruiser.cjs')) as {
    readonly forbidden: readonly ImportRule[];
  };
  return new Map(
    forbidden.flatMap(({ name, from, to }) => {
      const room = /^(\w+)-imports-only-/.exec(name)?.[1];
      if (room === undefined) return [];
      assert.equal(from.path, `^src/${room}/`);
      const named = /\(([^)]+)\)/.exec(to.pathNot ?? '')?.[1].split('|') ?? [];
      return [[room, named.filter((other) => other !== room && other !== 'cli')] as const];
    }),
  );
}

test('the table of rooms in ARCHITECTURE.md names every folder of src and nothing else', () => {
  const folders = readdirSync(join(PROJECT_ROOT, 'src'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
  assert.deepEqual([...roomsInTable().keys()].sort(), folders.sort());
});

test('the table of rooms allows each room the imports that the lint rules allow it', () => {
  const table = roomsInTable();
  const rules = roomsInRules();
  for (const [room, allowed] of rules) {
    assert.deepEqual([...(table.get(room) ?? [])].sort(), [...allowed].sort(), `src/${room}`);
  }
  assert.deepEqual(
    [...table.keys()].filter((room) => !rules.has(room)),
    ['cli'],
    'the command line alone has no rule of its own',
  );
  assert.deepEqual(table.get('cli'), ['everything']);
});

test('the rooms stand in the order of their imports: each only imports rooms above it in the table', () => {
  const above = new Set<string>();
  for (const [room, imports] of roomsInTable()) {
    for (const other of imports) {
      if (other !== 'everything') assert.ok(above.has(other), `src/${room} stands above src/${other}`);
    }
    above.add(room);
  }
});
