import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { OffsetReport } from '../../src/runs/record/measure-offset.js';
import { runCli, withoutDisplay } from '../../testing/cli/cli.js';
import { assertError } from '../../testing/cli/cli-errors.js';
import { lacks, openDisplay } from '../../testing/display/x-display.js';

test(
  'a flashing page gives the offset between key time and frame time, never negative, without drift beyond a frame',
  { skip: lacks('Xvfb', 'openbox', 'chromium'), timeout: 120_000 },
  async () => {
    await using display = await openDisplay({ windowManager: true });
    const args = ['session', 'sync', '--flash', '--presses', '12', '--json'];
    const result = await runCli(args, { env: display.env });
    assert.equal(result.code, 0, result.stderr);
    const { offsetMs, leastMs, firstThirdMs, lastThirdMs, n, periodMs, rateHz } = result.json() as OffsetReport;
    assert.deepEqual([n, periodMs, rateHz], [12, 100, 10]);
    assert.ok(leastMs >= 0 && leastMs <= offsetMs.p50 && offsetMs.p50 <= offsetMs.max, JSON.stringify(offsetMs));
    assert.ok(Math.abs(firstThirdMs.p50 - lastThirdMs.p50) < 2 * periodMs);
  },
);

test('the offset needs a display, and sync a session or --flash', async () => {
  const env = withoutDisplay();
  assertError(await runCli(['session', 'sync'], { env }), 2, 'bad-option', /either a session or --flash/);
  assertError(await runCli(['session', 'sync', 'x', '--flash'], { env }), 2, 'bad-option', /either a session/);
  const blind = await runCli(['session', 'sync', '--flash'], { env });
  assertError(blind, 4, 'no-display', /DISPLAY/);
});
