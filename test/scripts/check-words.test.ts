import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { PROJECT_ROOT } from '../../testing/cli/cli.js';

const { phrasesOf, usesOf } = (await import(pathToFileURL(join(PROJECT_ROOT, 'scripts', 'check-words.js')).href)) as {
  readonly phrasesOf: (page: string) => string[];
  readonly usesOf: (phrases: readonly string[], text: string) => { readonly phrase: string; readonly line: number }[];
};

const PHRASES = ['let go', 'this is no', 'nobody', 'anew'];
const linesOf = (text: string): number[] => usesOf(PHRASES, text).map(({ line }) => line);

test('the phrases are those in backticks in the first column of a table; the second column is what to write', () => {
  const page = [
    'Write `plain` words.',
    '| instead of | write |',
    '| --- | --- |',
    '| `let go`, `lets go` | `release` |',
    '| in order | cleanly |',
  ];
  assert.deepEqual(phrasesOf(page.join('\n')), ['let go', 'lets go']);
});

test('the table of docs/style.md is read', () => {
  const phrases = phrasesOf(readFileSync(join(PROJECT_ROOT, 'docs', 'style.md'), 'utf8'));
  assert.ok(phrases.length >= 20, phrases.join());
  for (const phrase of PHRASES) assert.ok(phrases.includes(phrase), phrase);
});

test('a phrase is found in any case of letters, with its line', () => {
  assert.deepEqual(usesOf(PHRASES, 'keys\nare LET go\nAnew'), [
    { phrase: 'let go', line: 2 },
    { phrase: 'anew', line: 3 },
  ]);
});

test('a phrase is found across the end of a line, inside comments and quotations too', () => {
  assert.deepEqual(linesOf('/** they let\n   * go of it */'), [1]);
  assert.deepEqual(linesOf('  // they let\n  // go of it'), [1]);
  assert.deepEqual(linesOf('> they let\n> go of it'), [1]);
  assert.deepEqual(linesOf('they let\r\ngo of it'), [1]);
});

test('"is no longer" and "is no more" are allowed, also across the end of a line', () => {
  assert.deepEqual(linesOf('this is no key'), [1]);
  assert.deepEqual(linesOf('this is no longer a key, this is no more than a key'), []);
  assert.deepEqual(linesOf(' * this is no\n * longer a key'), []);
});

test('a part of a longer word is not a use of a phrase', () => {
  assert.deepEqual(linesOf('outlet going, busybody-nobody, aneweb'), []);
});

test('a value is not a use of a phrase: alone in quotes or backticks, or as the name of a field', () => {
  assert.deepEqual(linesOf('source: \'nobody\', or `nobody`, or "nobody"'), []);
  assert.deepEqual(linesOf('{ nobody: 1 }\n{ agent: 2, nobody: 3 }\n  readonly nobody: number;'), []);
  assert.deepEqual(linesOf("'nobody plays'\nseen by nobody: it is late"), [1, 2]);
});
