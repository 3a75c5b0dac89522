import assert from 'node:assert/strict';
import { appendFileSync, utimesSync } from 'node:fs';
import { test } from 'node:test';
import { repairSession } from '../../src/session/repair.js';
import { writeLogs } from '../../testing/sessions/session-folder.js';
import { fightStart, frameLines } from '../../testing/sessions/session-lines.js';
import { temporaryFolder } from '../../testing/temporary-folder.js';
import { hasCode } from '../../testing/error-code.js';

test('a session that is being recorded is left alone', async (t) => {
  const base = writeLogs(temporaryFolder(t), 'run', frameLines(3), [fightStart(1000)]);
  const recorder = setInterval(() => appendFileSync(`${base}_frames.jsonl`, '{"t":1001}\n'), 20);
  t.after(() => clearInterval(recorder));
  await assert.rejects(repairSession(base), hasCode('session-busy', /is being written/));
});

test('a session at rest is repaired at once, and one that was just cut off, after a pause', async (t) => {
  const base = writeLogs(temporaryFolder(t), 'run', frameLines(3), [fightStart(1000)]);
  appendFileSync(`${base}_events.jsonl`, '{"event":"keyd');
  assert.ok((await repairSession(base, 50)).changed);
  const longAgo = new Date(Date.now() - 60_000);
  for (const log of ['events', 'frames']) utimesSync(`${base}_${log}.jsonl`, longAgo, longAgo);
  const never = new Promise((_, reject) => setTimeout(() => reject(new Error('it waited')), 20_000).unref());
  const second = await Promise.race([repairSession(base, 30_000), never]);
  assert.deepEqual((second as { changed: boolean }).changed, false);
});

test('a file whose time lies just ahead was written just now, and is waited for', async (t) => {
  const base = writeLogs(temporaryFolder(t), 'run', frameLines(3), [fightStart(1000)]);
  const longAgo = new Date(Date.now() - 60_000);
  const ahead = new Date(Date.now() + 300);
  utimesSync(`${base}_events.jsonl`, longAgo, longAgo);
  utimesSync(`${base}_frames.jsonl`, ahead, ahead);
  await repairSession(base, 50);
  assert.ok(Date.now() >= ahead.getTime() + 50);
});
