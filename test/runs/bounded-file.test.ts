import assert from 'node:assert/strict';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { BoundedFile } from '../../src/runs/bounded-file.js';
import { folderForTests } from '../../testing/temporary-folder.js';

const folder = folderForTests('bounded');

test('a file of lines never outgrows its bound, and the newest lines are the ones that are left', async () => {
  const path = join(folder, 'ticks.jsonl');
  const file = new BoundedFile(path, { maxBytes: 100, maxWaitingBytes: 1e6 });
  for (let i = 0; i < 95; i += 1) assert.ok(file.write(`line ${String(i).padStart(4, '0')}\n`)); // 10 bytes each
  await file.close();
  assert.deepEqual(readdirSync(folder).sort(), ['ticks.1.jsonl', 'ticks.jsonl']);
  const kept = ['ticks.1.jsonl', 'ticks.jsonl'].map((name) => readFileSync(join(folder, name), 'utf8')).join('');
  assert.deepEqual(
    kept.trimEnd().split('\n'),
    Array.from({ length: 15 }, (_, i) => `line ${String(80 + i).padStart(4, '0')}`),
  );
  assert.ok(statSync(join(folder, 'ticks.1.jsonl')).size <= 100);
  assert.equal(file.failure, null);
  assert.equal(file.write('after the end\n'), false);
});

test('a device that is full costs lines and says so, and never throws', async () => {
  const file = new BoundedFile('/dev/full', { maxBytes: 1e6, maxWaitingBytes: 1e6 });
  file.write('lost\n');
  await file.close();
  assert.match(file.failure?.message ?? '', /ENOSPC/);
});

test('a folder that is not there is a failure from the start', () => {
  const file = new BoundedFile(join(folder, 'absent', 'a.log'), { maxBytes: 1e6, maxWaitingBytes: 1e6 });
  assert.equal(file.write('lost\n'), false);
  assert.match(file.failure?.message ?? '', /ENOENT/);
});
