import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { LineAppender } from '../../src/session/line-appender.js';
import { temporaryFolder } from '../../testing/temporary-folder.js';

test('lines come out whole and in order, however fast they are appended', async (t) => {
  const path = join(temporaryFolder(t), 'log');
  const appender = await LineAppender.create(path, (error) => assert.fail(String(error)));
  for (let k = 0; k < 20_000; k += 1) {
    appender.append({ k, text: 'é'.repeat(k % 50) });
    if (k % 1000 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  await appender.close();
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
  assert.deepEqual(
    lines.map((line) => (JSON.parse(line) as { k: number }).k),
    Array.from({ length: 20_000 }, (_, k) => k),
  );
});

test('a line is on its way when append returns, even when the program then blocks and is killed', (t) => {
  const path = join(temporaryFolder(t), 'log');
  const module = fileURLToPath(new URL('../../src/session/line-appender.js', import.meta.url));
  const program = `
    const { LineAppender } = await import(${JSON.stringify(module)});
    const appender = await LineAppender.create(${JSON.stringify(path)}, () => {});
    appender.append({ k: 0 });
    appender.append({ k: 1 });
    const { readFileSync } = await import('node:fs');
    const end = performance.now() + 20000;
    while (readFileSync(${JSON.stringify(path)}, 'utf8') !== '{"k":0}\\n{"k":1}\\n' && performance.now() < end);
    process.kill(process.pid, 'SIGKILL');`;
  assert.throws(() => execFileSync(process.execPath, ['--input-type=module', '-e', program]));
  assert.equal(readFileSync(path, 'utf8'), '{"k":0}\n{"k":1}\n');
});

const fullDisk = existsSync('/dev/full') ? false : 'needs /dev/full';

test('a full disk is reported once, and nothing throws after it', { skip: fullDisk }, async () => {
  const told: unknown[] = [];
  const appender = new LineAppender(await open('/dev/full', 'w'), (error) => told.push(error));
  appender.append({ k: 0 });
  appender.append({ k: 1 });
  await appender.close();
  assert.equal(told.length, 1);
  assert.equal((told[0] as NodeJS.ErrnoException).code, 'ENOSPC');
});
