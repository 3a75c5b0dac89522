/** What a daemon says for months stays a file of a few megabytes. */
import assert from 'node:assert/strict';
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { startAgainWhenLong } from '../../src/runs/detach.js';
import { temporaryFolder } from '../../testing/temporary-folder.js';

test('a log that has grown too long starts again, and what is written next stands at its beginning', (t) => {
  const file = join(temporaryFolder(t), 'output.log');
  const log = openSync(file, 'ax', 0o600); // as the daemon's output is opened
  t.after(() => closeSync(log));
  writeSync(log, 'twelve bytes');
  startAgainWhenLong(log, 12);
  assert.equal(readFileSync(file, 'utf8'), 'twelve bytes');
  writeSync(log, '!');
  startAgainWhenLong(log, 12);
  writeSync(log, 'again');
  assert.equal(readFileSync(file, 'utf8'), 'again');
});

test('a log that is gone does not end the daemon', () => {
  assert.doesNotThrow(() => startAgainWhenLong(-1));
});
