/**
 * Each way out of a run leaves no key down: the real program on a real display, holding three keys of a real window,
 * the keys seen with XQueryKeymap over a connection of the test's own.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { keysDown } from '../../src/desktop/x11/xtest.js';
import { runCli, startCli, type RunningCli } from '../../testing/cli/cli.js';
import { until } from '../../testing/until.js';
import { displayWithBundle } from '../../testing/display/display-with-bundle.js';
import { openTestWindow, type TestWindow } from '../../testing/display/test-window.js';

const stage = displayWithBundle('ways-out');
const { skip, folder, bundle } = stage;
/** The guard's promise at 10 Hz, ms; asserted at twice that. */
const LEASE_MS = 250;

/** A run under way on its window; disposal closes the window. */
interface Scene extends Disposable {
  readonly window: TestWindow;
  readonly run: RunningCli;
  /** The parent of its run folder. */
  readonly runs: string;
}

/** The real program on a window of its own, once it holds RIGHT, JUMP and SHOOT. */
async function playing(name: string): Promise<Scene> {
  const window = await openTestWindow({ display: stage.display.name, title: name, width: 320, height: 180 });
  window.takeFocus();
  const runs = join(folder, name);
  const always = 'RIGHT=0.001/0.0005,JUMP=0.001/0.0005,SHOOT=0.001/0.0005,UP=1/0.9,DOWN=1/0.9,LEFT=1/0.9,DASH=1/0.9';
  const run = startCli(
    ['play', '--window', name, '--model', bundle, '--threshold', always, '--runs', runs, '--view', 'none', '--json'],
    { env: stage.display.env },
  );
  await until('three keys down', () => keysDown(stage.eyes).size === 3, 20_000);
  return { window, run, runs, [Symbol.dispose]: () => window[Symbol.dispose]() };
}

const noneDown = (): boolean => keysDown(stage.eyes).size === 0;

for (const [signal, exitCode] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const) {
  test(`${signal} ends a run cleanly: keys up, a summary, exit code ${exitCode}`, { skip }, async () => {
    using scene = await playing(`out-${signal}`);
    const { run } = scene;
    run.child.kill(signal);
    const result = await run.result;
    assert.ok(noneDown());
    assert.equal(result.code, exitCode, result.stderr);
    const summary = result.json() as { outcome: string; releases: { reason: string }[]; edgesSent: number };
    assert.equal(summary.outcome, 'stopped');
    assert.equal(summary.edgesSent, 6);
    assert.deepEqual(
      summary.releases.map((release) => release.reason),
      ['signal'],
    );
  });
}

test('SIGKILL of the agent: the guard releases within twice its promise, and is gone itself', { skip }, async () => {
  using scene = await playing('out-SIGKILL');
  const { run, runs } = scene;
  run.child.kill('SIGKILL');
  await until('keys up', noneDown, 2 * LEASE_MS);
  await run.result;
  const [runFolder] = readdirSync(runs);
  const ticks = readFileSync(join(runs, runFolder, 'ticks.jsonl'), 'utf8')
    .trimEnd()
    .split('\n');
  assert.ok(ticks.length >= 10, 'the ticks until then can be read');
  for (const line of ticks.slice(0, -1)) JSON.parse(line);
});

test(
  'SIGSTOP of the agent: the lease ends and the guard releases; continued, the agent keeps running',
  { skip },
  async () => {
    using scene = await playing('out-SIGSTOP');
    const { run } = scene;
    run.child.kill('SIGSTOP');
    await until('keys up', noneDown, 2 * LEASE_MS + 100); // a period may have passed since the last renewal
    run.child.kill('SIGCONT');
    await until('keys down again', () => keysDown(stage.eyes).size === 3, 5000);
    run.child.kill('SIGTERM');
    const summary = (await run.result).json() as { releases: { reason: string }[]; missedTicks: number };
    assert.ok(noneDown());
    assert.ok(summary.releases.some((release) => release.reason === 'lease'));
    assert.ok(summary.missedTicks > 0);
  },
);

test('the game window closing is an ordinary end: keys up, outcome ended, exit code 0', { skip }, async () => {
  const { window, run } = await playing('out-closed');
  window.destroy();
  const result = await run.result;
  assert.ok(noneDown());
  assert.equal(result.code, 0, result.stderr);
  assert.equal((result.json() as { outcome: string }).outcome, 'ended');
});

test('with the focus elsewhere everything is released and nothing more is sent', { skip }, async () => {
  using scene = await playing('out-focus');
  const { run } = scene;
  using other = await openTestWindow({
    display: stage.display.name,
    title: 'elsewhere',
    width: 100,
    height: 100,
    x: 500,
  });
  other.takeFocus();
  await until('keys up', noneDown, 2 * 100 + 2 * LEASE_MS);
  run.child.kill('SIGINT');
  const summary = (await run.result).json() as {
    gatedTicks: number;
    edgesSent: number;
    releases: { reason: string }[];
  };
  assert.equal(summary.edgesSent, 6);
  assert.ok(summary.gatedTicks >= 0);
  assert.equal(summary.releases[0].reason, 'gated');
});

test('time up ends a run with keys up and exit code 0', { skip }, async () => {
  using window = await openTestWindow({ display: stage.display.name, title: 'out-time', width: 320, height: 180 });
  window.takeFocus();
  const always = 'JUMP=0.001/0.0005';
  const result = await runCli(
    ['play', '--window', 'out-time', '--model', bundle, '--threshold', always, '--seconds', '2.5', '--json'].concat([
      '--runs',
      join(folder, 'time'),
      '--view',
      'none',
    ]),
    { env: stage.display.env },
  );
  assert.equal(result.code, 0, result.stderr);
  assert.ok(noneDown());
  assert.equal((result.json() as { outcome: string }).outcome, 'stopped');
});

test('a dry run presses nothing at all', { skip }, async () => {
  using window = await openTestWindow({ display: stage.display.name, title: 'out-dry', width: 320, height: 180 });
  window.takeFocus();
  const run = startCli(
    ['play', '--window', 'out-dry', '--model', bundle, '--threshold', 'JUMP=0.001/0.0005', '--dry-run'].concat([
      '--seconds',
      '2.5',
      '--runs',
      join(folder, 'dry'),
      '--view',
      'none',
      '--json',
    ]),
    { env: stage.display.env },
  );
  let everDown = false;
  const watch = setInterval(() => (everDown ||= !noneDown()), 5);
  const summary = (await run.result).json() as { edgesSent: number };
  clearInterval(watch);
  assert.ok(!everDown);
  assert.ok(summary.edgesSent >= 2, 'it would have pressed and released');
});

test('Ctrl-C while the window is still awaited ends at once, without a fault', { skip }, async () => {
  const run = startCli(['play', '--window', 'not there', '--wait', '60', '--model', bundle], {
    env: stage.display.env,
  });
  await run.untilSaid('waiting up to 60 s');
  run.child.kill('SIGINT');
  const result = await run.result;
  assert.equal(result.code, 130);
  assert.ok(!result.stderr.includes('fault'), result.stderr);
});
