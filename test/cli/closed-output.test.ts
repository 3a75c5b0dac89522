import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { PROJECT_ROOT, runCli, withoutDisplay } from '../../testing/cli/cli.js';
import { folderForTests } from '../../testing/temporary-folder.js';

const folder = folderForTests('closed-output');
const bundle = join(folder, 'bundle');
const env = {
  ...withoutDisplay(),
  PROGRAM: join(PROJECT_ROOT, 'bin', 'understudy.js'),
  BUNDLE: bundle,
  FOLDER: folder,
};
const skip = process.platform === 'win32' ? 'needs a POSIX shell' : false;

before(async () => {
  const made = await runCli(['model', 'init', '--latent', '8', '--out', bundle], { env });
  assert.equal(made.code, 0, made.stderr);
});

/** The program in a pipeline: its own exit code, and what it wrote to standard error where that is kept apart. */
function inPipeline(name: string, args: string, redirection: string): { code: string; stderr: string } {
  const errors = join(folder, `${name}.stderr`);
  const script = `( ${process.execPath} "$PROGRAM" ${args}; echo $? >"$FOLDER/${name}.code" ) ${redirection}`;
  spawnSync('sh', ['-c', script.replace('ERRORS', errors)], { env, cwd: folder, encoding: 'utf8' });
  const read = (path: string): string =>
    readdirSync(folder).includes(path) ? readFileSync(join(folder, path), 'utf8') : '';
  return { code: read(`${name}.code`).trim(), stderr: read(`${name}.stderr`) };
}

test('an answer that no program reads is dropped, and the exit code stays', { skip }, () => {
  const args = 'arena --player expert --fights 2 --seed 1 --json';
  const { code, stderr } = inPipeline('arena', args, '2>ERRORS | true');
  assert.equal(code, '0');
  assert.ok(!stderr.includes('EPIPE'), stderr);
});

test('a run whose reader goes away after a line plays on to its end', { skip }, () => {
  const args = 'play --model "$BUNDLE" --seconds 2 --runs "$FOLDER/runs"';
  assert.equal(inPipeline('play', args, '2>&1 | head -1').code, '0');
  const [run] = readdirSync(join(folder, 'runs'));
  const summary = JSON.parse(readFileSync(join(folder, 'runs', run, 'summary.json'), 'utf8')) as { seconds: number };
  assert.ok(summary.seconds >= 2, 'it was not cut short');
});

test('a wrong use whose message no program reads still exits with its code', { skip }, () => {
  assert.equal(inPipeline('wrong', 'play --rate 0', '2>&1 | true').code, '2');
});

test('a result that cannot be written ends with write-failed and no stack', { skip: skip || lacksFullDevice() }, () => {
  const { code, stderr } = inPipeline('full', 'model info "$BUNDLE" --json', '2>ERRORS >/dev/full');
  assert.equal(code, '4');
  assert.match(stderr, /could not be written: ENOSPC.*\n {2}next .*\n {2}code {6}write-failed \(exit 4\)\n$/);
});

function lacksFullDevice(): string | false {
  return existsSync('/dev/full') ? false : 'needs /dev/full';
}
