/** `--fault` in the real program on a real window: what it does to the run, and that no key is down afterwards. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { keysDown } from '../../src/desktop/x11/xtest.js';
import { runCli } from '../../testing/cli/cli.js';
import { displayWithBundle } from '../../testing/display/display-with-bundle.js';
import { openTestWindow } from '../../testing/display/test-window.js';

const stage = displayWithBundle('faults');
const { skip, folder, bundle } = stage;

interface Summary {
  readonly outcome: string;
  readonly gatedTicks: number;
  readonly edgesSent: number;
  readonly releases: { readonly reason: string }[];
}

/** Plays a new window with a fault, for four seconds at most. */
async function playWith(fault: string): Promise<{ code: number | null; stderr: string; summary: Summary }> {
  using window = await openTestWindow({ display: stage.display.name, title: 'faulty', width: 320, height: 180 });
  window.takeFocus();
  const model = ['--model', bundle, '--threshold', 'JUMP=0.001/0.0005', '--budget-ms', '5000'];
  const result = await runCli(
    [
      'play',
      '--window-id',
      String(window.id),
      ...model,
      '--fault',
      fault,
      '--seconds',
      '4',
      '--view',
      'none',
      '--json',
    ].concat(['--runs', join(folder, 'runs')]),
    { env: { ...stage.display.env, XDG_RUNTIME_DIR: folder } },
  );
  assert.equal(keysDown(stage.eyes).size, 0, 'a key is down after the run');
  return { code: result.code, stderr: result.stderr, summary: result.json() as Summary };
}

test(
  'lose-focus: the gate closes, the key is released, and play continues once the focus is back',
  { skip },
  async () => {
    const { code, summary, stderr } = await playWith('lose-focus@2+0.6');
    assert.equal(code, 0, stderr);
    assert.ok(summary.gatedTicks > 0);
    assert.ok(summary.releases.some(({ reason }) => reason === 'gated'));
  },
);

test('close-window: an ordinary end', { skip }, async () => {
  const { code, summary, stderr } = await playWith('close-window@2');
  assert.equal(code, 0, stderr);
  assert.equal(summary.outcome, 'ended');
});

test('kill-guard: the daemon releases by itself and presses no key without a guard', { skip }, async () => {
  const { code, summary, stderr } = await playWith('kill-guard@2');
  assert.equal(code, 0, stderr);
  assert.ok(
    summary.releases.some(({ reason }) => reason === 'fault'),
    JSON.stringify(summary.releases),
  );
});

test('a fault that does not exist is refused with a list of those that do', { skip }, async () => {
  const wrong = await runCli(['play', '--fault', 'gremlins@3']);
  assert.equal(wrong.code, 2);
  assert.match(wrong.stderr, /there is no fault 'gremlins'; there are slow-capture/);
  const nowhere = await runCli([
    'play',
    '--arena',
    '--model',
    bundle,
    '--fault',
    'lose-focus',
    '--runs',
    join(folder, 'runs'),
  ]);
  assert.equal(nowhere.code, 2);
  assert.match(nowhere.stderr, /needs a window/);
});
