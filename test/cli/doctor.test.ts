/** `doctor` asks what the first picture and the first key will ask, on displays that lack something. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { assertError } from '../../testing/cli/cli-errors.js';
import { runCli } from '../../testing/cli/cli.js';
import { smallBundle } from '../../testing/models/small-bundle.js';
import { openTestWindow } from '../../testing/display/test-window.js';
import { lacks, openDisplay, type TestDisplay } from '../../testing/display/x-display.js';
import { folderForTests } from '../../testing/temporary-folder.js';

const skip = lacks('Xvfb');
const folder = folderForTests('doctor');

interface CheckLine {
  readonly name: string;
  readonly ok: boolean;
  readonly required: boolean;
  readonly found: string;
  readonly fix: string | null;
}

async function doctor(display: TestDisplay): Promise<{ code: number | null; checks: readonly CheckLine[] }> {
  const result = await runCli(['doctor', '--json'], { env: display.env });
  return { code: result.code, checks: (result.json() as { checks: readonly CheckLine[] }).checks };
}

const failures = (checks: readonly CheckLine[]): string[] =>
  checks.filter(({ ok, required }) => !ok && required).map(({ name }) => name);

test('on a plain display nothing fails, and each key of the game has its line', { skip }, async () => {
  await using display = await openDisplay();
  const { code, checks } = await doctor(display);
  assert.deepEqual([code, failures(checks)], [0, []]);
  const keys = checks.filter(({ name }) => name.startsWith('key '));
  assert.equal(new Set(keys.map(({ name }) => name)).size, 7, checks.map(({ name }) => name).join());
});

test('30 bits a pixel: doctor and the first picture refuse with the same colours', { skip }, async () => {
  await using display = await openDisplay({ depth: 30 });
  const { code, checks } = await doctor(display);
  assert.deepEqual([code, failures(checks)], [5, ['colours']]);
  const colours = checks.find(({ name }) => name === 'colours');
  assert.match(colours?.found ?? '', /30 bits/);
  assert.match(colours?.fix ?? '', /depth 24/);
  using window = await openTestWindow({ display: display.name });
  const recorded = await runCli(
    ['record', '--window-id', `${window.id}`, '--out', folder, '--name', 'deep', '--seconds', '1'],
    {
      env: display.env,
    },
  );
  assertError(recorded, 4, 'capture-failed', /30 bits/);
});

test('without XTEST the missing extension is said, not the keys that cannot be reached for it', { skip }, async () => {
  await using display = await openDisplay({ without: 'XTEST' });
  const { code, checks } = await doctor(display);
  assert.deepEqual([code, failures(checks)[0]], [5, 'xtest']);
  assert.match(checks.find(({ name }) => name === 'xtest')?.fix ?? '', /ssh -Y/);
  using window = await openTestWindow({ display: display.name });
  const { folder: model } = await smallBundle(join(folder, 'model'));
  const played = await runCli(['play', '--window-id', `${window.id}`, '--model', model, '--seconds', '1'], {
    env: display.env,
    cwd: folder,
  });
  assertError(played, 4, 'keyboard-failed', /XTEST/);
  assert.match(played.stderr, /ssh -Y/);
});
