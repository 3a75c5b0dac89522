/** `doctor --self-test`: the page that a person posts, made on a real display with a person who presses the key. */
import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { test } from 'node:test';
import type { SelfTest } from '../../src/runs/doctor/self-test.js';
import { assertError } from '../../testing/cli/cli-errors.js';
import { runCli, startCli, withoutDisplay } from '../../testing/cli/cli.js';
import { KEY } from '../../testing/display/keycodes.js';
import { SimulatedHuman } from '../../testing/display/simulated-human.js';
import { lacks, openDisplay } from '../../testing/display/x-display.js';

test(
  'each row is tried and measured, and a hand on the keyboard is told from the agent',
  { skip: lacks('Xvfb', 'openbox') },
  async () => {
    await using display = await openDisplay({ windowManager: true });
    using human = new SimulatedHuman(display.name);
    const running = startCli(['doctor', '--self-test', '--json'], { env: display.env });
    await running.untilSaid("press the key 'space'");
    await delay(500);
    human.press(KEY.space);
    await delay(100);
    human.release(KEY.space);
    const result = await running.result;
    assert.equal(result.code, 0, result.stdout + result.stderr);
    const { healthy, capture, rows } = result.json() as SelfTest;
    assert.deepEqual([healthy, capture], [true, 'x11']);
    assert.deepEqual(
      rows.map(({ name, ok, n }) => [name, ok, n]),
      [
        ['timers', true, 100],
        ['pictures', true, 60],
        ['focus', true, 1],
        ['keys', true, 35],
        ['lease', true, 5],
        ['guard killed', true, 5],
        ['agent killed', true, 5],
        ['takeover', true, 1],
      ],
    );
    assert.match(rows.at(-1)!.found, /'space' was taken for a person's/);
    assert.ok(rows.find(({ name }) => name === 'lease')!.ms!.p50 >= 240, 'no sooner than the lease ends');
  },
);

test(
  'a display without XTEST: what needs keys fails by name, and the pictures are tried all the same',
  { skip: lacks('Xvfb') },
  async () => {
    await using display = await openDisplay({ without: 'XTEST' });
    const result = await runCli(['doctor', '--self-test', '--json'], { env: display.env });
    assert.equal(result.code, 5, result.stderr);
    const rows = new Map((result.json() as SelfTest).rows.map((row) => [row.name, row]));
    assert.equal(rows.get('pictures')?.ok, true);
    assert.deepEqual([rows.get('keys')?.ok, rows.get('lease')?.ok], [false, false]);
    assert.match(rows.get('keys')!.found, /XTEST|focus/);
  },
);

test('without a display it says so', async () => {
  assertError(
    await runCli(['doctor', '--self-test'], { env: withoutDisplay() }),
    4,
    'no-display',
    /DISPLAY is not set/,
  );
});
