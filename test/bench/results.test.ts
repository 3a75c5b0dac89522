import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { cutToSize, jsonText, MOST_JSON_BYTES } from '../../bench/support/result-size.js';
import { commandOf, writeResult } from '../../bench/support/results.js';
import { PROJECT_ROOT } from '../../testing/cli/cli.js';
import { temporaryFolder } from '../../testing/temporary-folder.js';

test('a result is a page and its JSON, which both say how it was made', (t) => {
  const folder = temporaryFolder(t);
  const result = {
    name: 'made-up',
    title: 'A title',
    command: 'npm run bench grab',
    n: '3 runs',
    versions: { engine: '1.2' },
    sections: ['What was found.'],
    document: { figures: [1, 2, 3] },
  };
  const page = writeResult(result, { folder });
  assert.equal(readFileSync(join(folder, 'made-up.md'), 'utf8'), page);
  assert.match(page, /^# A title\n\nWhat was found\.\n\n## How it was made\n\n- command: `npm run bench grab`\n/);
  assert.match(page, /- machine: .*; engine 1\.2\n- n: 3 runs; load average [\d.]+ before and [\d.]+ after; \d{4}-/);
  const document = JSON.parse(readFileSync(join(folder, 'made-up.json'), 'utf8')) as Record<string, unknown>;
  assert.deepEqual(document.figures, [1, 2, 3]);
  for (const fact of ['command', 'machine', 'versions', 'n', 'loadAverage', 'at']) assert.ok(fact in document, fact);
});

test('a command is made of the options that were in force', () => {
  assert.equal(
    commandOf('prove campaign', { faults: 10, model: ['a', 'b'], again: undefined, write: true, fresh: false }),
    'npm run prove campaign -- --faults 10 --model a --model b --write',
  );
  assert.equal(commandOf('bench grab', {}), 'npm run bench grab');
});

test('JSON above the limit loses what no page reads, field by field, until it fits', () => {
  const history = Array.from({ length: 20_000 }, (_, i) => i);
  const models = [{ name: 'a', training: { history, seed: 1 } }];
  const { document, cut } = cutToSize('arena-hard', { models, level: 'hard' });
  assert.deepEqual(document, { models: [{ name: 'a', training: { seed: 1 } }], level: 'hard' });
  assert.deepEqual(cut, ['history'], 'the other fields had room');
  assert.ok(jsonText(document).length <= MOST_JSON_BYTES);
  assert.deepEqual(cutToSize('arena-hard', { models: [] }), { document: { models: [] }, cut: [] });
});

test('each JSON of docs/results has a page, and none is above 50 kB', () => {
  const folder = join(PROJECT_ROOT, 'docs', 'results');
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.json'))) {
    assert.ok(statSync(join(folder, file)).size <= MOST_JSON_BYTES, file);
    const page = file.replace(/(-\d+hz)?\.json$/, '.md'); // a soak has a file for each rate
    assert.ok(existsSync(join(folder, page)), page);
    assert.doesNotThrow(() => JSON.parse(readFileSync(join(folder, file), 'utf8')) as unknown, file);
  }
});
