/** Containers are started with user ids that no passwd file knows, and without HOME: the number alone is enough. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { assertError } from '../../testing/cli/cli-errors.js';
import { PROJECT_ROOT, runCli, type CliResult } from '../../testing/cli/cli.js';
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

test('what another user left, as sudo does, is named with its owner and how to take it over', { skip }, async () => {
  chmodSync(folder, 0o755);
  const cwd = join(folder, 'after-sudo');
  mkdirSync(join(cwd, 'runs'), { recursive: true, mode: 0o755 }); // as root
  const runtime = join(cwd, `understudy-${UID}`);
  mkdirSync(runtime, { mode: 0o700 });
  const through = ['setpriv', ...BECOME];
  const env = { PATH: process.env.PATH, TMPDIR: cwd, HOME: cwd };
  const run = (...args: string[]) => runCli(args, { cwd, through, env });
  const error = ({ stderr, ...rest }: CliResult) => ({ ...rest, stderr: stderr.slice(stderr.indexOf('understudy ')) });
  const played = error(await run('play', '--seconds', '1', '--view', 'none'));
  assertError(played, 4, 'write-failed', /runs belongs to user 0[^]*sudo chown -R 54321 '.*runs'/);
  const listened = error(await run('play', '--seconds', '1', '--detach', '--runs', '/dev/shm/understudy-54321'));
  assertError(
    listened,
    4,
    'write-failed',
    /it belongs to user 0, and this is user 54321[^]*sudo rm -r '.*understudy-54321'/,
  );
});
