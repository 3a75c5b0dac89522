import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { PROJECT_ROOT } from '../../testing/cli/cli.js';

const FOLDER = join(PROJECT_ROOT, 'docs', 'decisions');
const files = readdirSync(FOLDER).filter((name) => /^\d{4}-.*\.md$/.test(name));
const index = readFileSync(join(FOLDER, 'README.md'), 'utf8');

test('the list of decisions has a row for each number from 1 on, with its page or the reason why there is none', () => {
  const rows = [...index.matchAll(/^\| (\d{4}) +\| (.+?) +\|$/gm)].map(([, number, text]) => ({ number, text }));
  const numbers = Array.from({ length: rows.length }, (_, i) => String(i + 1).padStart(4, '0'));
  assert.deepEqual(
    rows.map(({ number }) => number),
    numbers,
  );
  for (const { number, text } of rows) {
    const file = files.find((name) => name.startsWith(number));
    if (file === undefined) assert.match(text, /\(.+\)$/, `${number} has no page: say why`);
    else assert.match(text, new RegExp(`\\]\\(${file}\\)$`), `docs/decisions/README.md should link ${file}`);
  }
});

test('no number of a decision is given twice, and each page begins with its own', () => {
  const numbers = files.map((name) => name.slice(0, 4));
  assert.equal(new Set(numbers).size, numbers.length);
  for (const file of files) {
    const text = readFileSync(join(FOLDER, file), 'utf8');
    const number = /^# (\d+)\. /.exec(text)?.[1];
    assert.equal(number?.padStart(4, '0'), file.slice(0, 4), file);
    assert.ok(index.includes(file), `docs/decisions/README.md does not list ${file}`);
  }
});
