/** Containers are started with user ids that no passwd file knows, and without HOME: the number alone is enough. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { assertError } from '../../testing/cli/cli-errors.js';
import { PROJECT_ROOT, runCli } from '../../testing/cli/cli.js';
import { lacks } from '../../testing/display/x-display.js';
import { folderForTests } from '../../testing/temporary-folder.js';

const folder = folderForTests('unknown-user');
const UID = '54321';
const BECOME = ['--reuid', UID, '--regid', UID, '--clear-groups'];
const skip = lacks('setpriv') || cannotBecome();

function cannotBecome(): string | false {
  if (process.getuid?.() !== 0) return 'needs root, to become another user';
  const entered = spawnSync('setpriv', [...BECOME, 'test', '-r', join(PROJECT_ROOT, 'package.json')]);
  return entered.status === 0 ? false : 'the checkout is in a folder that other users may not enter';
}

test('a user without name and home plays, and asks for running agents', { skip }, async () => {
  chmodSync(folder, 0o755);
  const cwd = join(folder, 'own');
  mkdirSync(cwd);
  chmodSync(cwd, 0o777);
  const through = ['setpriv', ...BECOME];
  const run = (...args: string[]) => runCli(args, { cwd, through, env: { PATH: process.env.PATH, TMPDIR: cwd } });
  const played = await run('play', '--arena', '--seconds', '1', '--view', 'none');
  assert.equal(played.code, 0, played.stderr);
  assertError(await run('status'), 4, 'no-agent', /No agent runs/);
  assertError(await run('train', 'missing', '--out', 'model'), 4, 'engine-missing', /not set up/); // no engine in its cache
});
