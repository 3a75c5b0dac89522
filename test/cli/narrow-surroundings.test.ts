/** Where the program is started in narrow surroundings it works, or says what is missing and what can be done there. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { assertError } from '../../testing/cli/cli-errors.js';
import { PROJECT_ROOT, runCli, withoutDisplay } from '../../testing/cli/cli.js';
import { folderForTests } from '../../testing/temporary-folder.js';

const folder = folderForTests('narrow');
const bundle = join(folder, 'bundle');
const PROGRAM = join(PROJECT_ROOT, 'bin', 'understudy.js');
const skip = process.platform === 'win32' ? 'needs a POSIX shell' : false;

before(async () => {
  const made = await runCli(['model', 'init', '--latent', '8', '--out', bundle]);
  assert.equal(made.code, 0, made.stderr);
});

/** A shell's script, with the program as "$@". */
const inShell = (script: string) => ['sh', '-c', script, 'sh'];

test('where the working folder was removed, the advice is to leave it', { skip }, async () => {
  mkdirSync(join(folder, 'gone'));
  const through = inShell('rmdir "$PWD" && exec "$@"');
  const result = await runCli(['play', '--seconds', '1', '--model', bundle], { cwd: join(folder, 'gone'), through });
  assertError(withoutFirstLines(result), 4, 'write-failed', /The folder that you are in was removed/);
});

test('where runs may not be written, the advice is another folder, not space', { skip }, async () => {
  const runs = '/proc/runs'; // even root may not make a folder there
  const result = await runCli(['play', '--seconds', '1', '--model', bundle, '--runs', runs]);
  assertError(withoutFirstLines(result), 4, 'write-failed', /Name a folder that you may write to with --runs/);
});

test('too few open files are named, with the limit to set', { skip }, () => {
  const script = `ulimit -n 24; exec "${process.execPath}" "$1" --help`;
  const result = spawnSync('sh', ['-c', script, 'sh', PROGRAM], { encoding: 'utf8' });
  assert.equal(result.status, 4, result.stderr);
  assert.match(result.stderr, /too few files may be open[^]*ulimit -n/);
  assert.doesNotMatch(result.stderr, /\n\s+at /);
});

for (const option of ['--frozen-intrinsics', '--disallow-code-generation-from-strings']) {
  test(`Node's ${option}, which libraries do not bear, is refused by its name`, () => {
    const result = spawnSync(process.execPath, [option, PROGRAM, '--version'], { encoding: 'utf8' });
    assert.equal(result.status, 4, result.stderr);
    assert.match(result.stderr, new RegExp(`Node was started with ${option}`));
  });
}

test('an invalid locale, time zone and terminal change nothing', { skip }, async () => {
  const odd = { LC_ALL: 'xx_YY.bogus', TZ: 'Mars/Phobos', TERM: 'dumb', COLUMNS: '1', NO_COLOR: '1' };
  const gone = { TMPDIR: '/nowhere/x', XDG_RUNTIME_DIR: '/nowhere/run' };
  const env = { ...withoutDisplay(), ...odd, ...gone };
  const result = await runCli(['play', '--seconds', '1', '--model', bundle, '--view', 'none', '--json'], {
    cwd: folder,
    env,
  });
  assert.equal(result.code, 0, result.stderr);
  assert.equal((JSON.parse(result.stdout) as { outcome: string }).outcome, 'stopped');
});

/** The error alone: a run says first which model it plays. */
function withoutFirstLines<Result extends { readonly stderr: string }>(result: Result): Result {
  return { ...result, stderr: result.stderr.slice(result.stderr.indexOf('understudy ')) };
}
