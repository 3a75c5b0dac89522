import assert from 'node:assert/strict';
import { copyFileSync, cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { before, test } from 'node:test';
import { assertError } from '../../testing/cli/cli-errors.js';
import { PROJECT_ROOT, runCli, withoutDisplay, type CliResult } from '../../testing/cli/cli.js';
import { lacks, openDisplay } from '../../testing/display/x-display.js';
import { openTestWindow } from '../../testing/display/test-window.js';
import { folderForTests } from '../../testing/temporary-folder.js';

const folder = folderForTests('wrong-input');
const bundle = join(folder, 'good');

before(async () => {
  const made = await runCli(['model', 'init', '--latent', '16', '--out', bundle], { env: withoutDisplay() });
  assert.equal(made.code, 0, made.stderr);
});

/** A copy of the good bundle with its manifest changed. */
function brokenBundle(name: string, change: (manifest: Record<string, unknown>) => void): string {
  const copy = join(folder, name);
  cpSync(bundle, copy, { recursive: true });
  const path = join(copy, 'manifest.json');
  const manifest = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
  change(manifest);
  writeFileSync(path, JSON.stringify(manifest));
  return copy;
}

const play = (...args: string[]): Promise<CliResult> =>
  runCli(['play', '--seconds', '5', '--view', 'none', '--runs', join(folder, 'runs'), ...args], {
    env: withoutDisplay(),
  });

test('without a display a window cannot be played, and the error says so', async () => {
  assertError(await play('--window', 'x', '--model', bundle), 4, 'no-display', /DISPLAY is not set/);
});

test('a display that does not answer is named', async () => {
  const env = { ...withoutDisplay(), DISPLAY: ':9999' };
  assertError(await runCli(['windows'], { env }), 4, 'no-display', /':9999'/);
});

test('a session of Wayland alone is refused with the reason', async () => {
  const env = { ...withoutDisplay(), WAYLAND_DISPLAY: 'wayland-0' };
  assertError(await runCli(['windows'], { env }), 4, 'wayland', /Wayland/);
});

test('a bundle that is not there is named', async () => {
  assertError(await play('--model', join(folder, 'nowhere')), 3, 'bundle-missing', /nowhere/);
});

test('a bundle whose encoder was changed is refused by its hash', async () => {
  const copy = join(folder, 'changed');
  cpSync(bundle, copy, { recursive: true });
  const bytes = readFileSync(join(copy, 'encoder.onnx'));
  bytes[bytes.length >> 1] ^= 1;
  writeFileSync(join(copy, 'encoder.onnx'), bytes);
  assertError(await play('--model', copy), 3, 'bundle-corrupt', /encoder\.onnx/);
});

test('a bundle whose files were swapped for those of another size is refused by its shape or hash', async () => {
  const other = join(folder, 'other-size');
  assert.equal((await runCli(['model', 'init', '--latent', '8', '--out', other])).code, 0);
  const copy = join(folder, 'swapped');
  cpSync(bundle, copy, { recursive: true });
  copyFileSync(join(other, 'head.onnx'), join(copy, 'head.onnx'));
  assertError(await play('--model', copy), 3, 'bundle-corrupt', /head\.onnx/);
});

test('a bundle with another preprocessing contract is refused by field, with both values', async () => {
  const copy = brokenBundle('contract', (manifest) => {
    (manifest.preprocessing as Record<string, unknown>).gray = 'mean';
  });
  assertError(await play('--model', copy), 3, 'bundle-mismatch', /gray.*mean/s);
});

test('a bundle with an unknown action is refused', async () => {
  const copy = brokenBundle('actions', (manifest) => {
    (manifest.actions as string[])[0] = 'FLY';
  });
  const result = await play('--model', copy);
  assert.equal(result.code, 3, result.stderr);
  assert.match(result.stderr, /FLY|actions/);
});

test('a bundle of a newer format is refused naming both versions', async () => {
  const copy = brokenBundle('newer', (manifest) => {
    manifest.formatVersion = 99;
  });
  assertError(await play('--model', copy), 3, 'bundle-too-new', /99/);
});

test('a rate of 0 and a rate far from the bundle are refused', async () => {
  assertError(await play('--rate', '0'), 2, 'bad-rate', /above 0/);
  assertError(await play('--rate', '60', '--model', bundle), 2, 'bad-rate', /60/);
});

test('thresholds out of range and of unknown actions are refused', async () => {
  assertError(await play('--model', bundle, '--threshold', 'JUMP=1.5'), 2, 'bad-threshold', /JUMP=1.5/);
  assertError(await play('--model', bundle, '--threshold', 'FLY=0.5'), 2, 'unknown-action', /FLY/);
});

test('a window number that is not a number is refused, and a hexadecimal one is read', async () => {
  assertError(await play('--window-id', 'abc'), 2, 'bad-option', /--window-id abc/);
  assertError(await play('--window-id', '0'), 2, 'bad-option', /--window-id 0/);
  assertError(await play('--window-id', '0x400003', '--model', bundle), 4, 'no-display', /DISPLAY/);
});

test('an unknown option and an unknown verb exit with 2', async () => {
  assert.equal((await runCli(['play', '--frobnicate'])).code, 2);
  assert.equal((await runCli(['perform'])).code, 2);
});

test('the arena and a window cannot both be asked for', async () => {
  assertError(await play('--browser', '--window', 'x'), 2, 'bad-option', /one of them/);
});

test('an option that the chosen mode cannot use is refused by name, never ignored', async () => {
  assertError(await play('--dry-run'), 2, 'bad-option', /--dry-run has no use for the arena/);
  assertError(await play('--session', 'x', '--dry-run'), 2, 'bad-option', /--dry-run has no use for a recorded/);
  assertError(await play('--window', 'x', '--seed', '2'), 2, 'bad-option', /--seed has no use for a window/);
});

test('without a display arena says so before it serves anything, and offers what it can do', async () => {
  const result = await runCli(['arena'], { env: withoutDisplay() });
  assertError(result, 4, 'no-display', /--no-open/);
  assert.ok(!result.stderr.includes('http:'), result.stderr);
});

test('without a display play --browser gives no advice about options that it does not have', async () => {
  const result = await play('--browser');
  assertError(result, 4, 'no-display', /no display/);
  assert.ok(!result.stderr.includes('--no-open'), result.stderr);
});

test('a game file that is missing, not JSON or of the wrong shape is refused naming the field', async () => {
  assertError(await play('--game', 'no-such-game'), 3, 'file-missing', /no-such-game/);
  const path = join(folder, 'game.json');
  writeFileSync(path, '{');
  assertError(await play('--game', path), 3, 'game-file-invalid', /game\.json/);
  writeFileSync(path, JSON.stringify({ name: 'x', window: { title: 'x' }, rateHz: -1 }));
  assertError(await play('--game', path), 3, 'game-file-invalid', /rateHz/);
});

test('a picture that is missing, or not a picture, is refused', async () => {
  const run = (image: string): Promise<CliResult> => runCli(['model', 'run', bundle, '--image', image, '--json']);
  assertError(await run(join(folder, 'none.png')), 3, 'file-missing', /none\.png/);
  const path = join(folder, 'text.png');
  writeFileSync(path, 'not a picture');
  assertError(await run(path), 3, 'image-unreadable', /text\.png/);
});

test('a stack trace is shown with --log-level debug only', async () => {
  const result = await runCli(['--log-level', 'debug', 'model', 'info', join(folder, 'nowhere')]);
  assert.equal(result.code, 3);
  assert.match(result.stderr, /\n\s+at /);
});

test('without dist/ the program says what to run', () => {
  const bare = join(folder, 'bare');
  mkdirSync(join(bare, 'bin'), { recursive: true });
  copyFileSync(join(PROJECT_ROOT, 'bin', 'understudy.js'), join(bare, 'bin', 'understudy.js'));
  copyFileSync(join(PROJECT_ROOT, 'package.json'), join(bare, 'package.json'));
  const { status, stderr } = spawnSync(process.execPath, [join(bare, 'bin', 'understudy.js'), 'play'], {
    encoding: 'utf8',
  });
  assert.equal(status, 4);
  assert.match(stderr, /dist\/ is missing/);
  assert.match(stderr, /npm ci && npm run build/);
});

test(
  'on a display: no such window, several windows, unknown and unreachable keys',
  { skip: lacks('Xvfb') },
  async () => {
    await using display = await openDisplay();
    const on = (...args: string[]): Promise<CliResult> =>
      runCli(['play', '--seconds', '5', '--view', 'none', '--runs', join(folder, 'runs'), '--model', bundle, ...args], {
        env: display.env,
      });
    const nowhere = join(folder, 'nowhere');
    const slip = await on('--window', 'not yet there', '--wait', '60', '--model', nowhere, '--keys', 'JUMP=zz');
    assertError(slip, 2, 'unknown-key', /zz/);
    assert.ok(!slip.stderr.includes('waiting'), 'keys are looked at before the window is waited for');
    assertError(await on('--window', 'no such game'), 4, 'window-not-found', /no such game/);
    using first = await openTestWindow({ display: display.name, title: 'twin one', width: 320, height: 180 });
    using second = await openTestWindow({ display: display.name, title: 'twin two', width: 320, height: 180 });
    const ambiguous = await on('--window', 'twin');
    assertError(ambiguous, 4, 'window-ambiguous', /--window-id/);
    assert.ok(ambiguous.stderr.includes(String(first.id)) && ambiguous.stderr.includes(String(second.id)));
    assertError(await on('--window', 'twin one', '--keys', 'JUMP=zz'), 2, 'unknown-key', /zz/);
    assertError(await on('--window', 'twin one', '--keys', 'FLY=z'), 2, 'unknown-action', /FLY/);
    assertError(await on('--window', 'twin one', '--keys', 'JUMP=Greek_alpha'), 4, 'key-unreachable', /Greek_alpha/);
  },
);
