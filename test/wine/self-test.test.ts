/** `doctor --self-test` as a person on Windows would run it, under Wine. */
import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { test } from 'node:test';
import type { SelfTest } from '../../src/runs/doctor/self-test.js';
import { wineForTests } from '../../testing/windows/wine.js';

const shared = wineForTests();

test('the self-test tries each row on a window of its own, and a hand takes over', { skip: shared.skip }, async () => {
  const { wine } = shared;
  await using running = wine.start(['doctor', '--self-test', '--json']);
  await running.untilSaid("press the key 'space'");
  await delay(500);
  wine.xdotool('keydown', 'space');
  await delay(100);
  wine.xdotool('keyup', 'space');
  const result = await running.result;
  assert.equal(result.code, 0, result.stdout + result.stderr);
  const { healthy, capture, keys, rows } = result.json() as SelfTest;
  assert.deepEqual([healthy, capture, keys], [true, 'gdi', 'SendInput, the default on Windows']);
  assert.deepEqual(
    rows.map(({ name, ok }) => `${name} ${String(ok)}`),
    ['timers', 'pictures', 'focus', 'keys', 'lease', 'guard killed', 'agent killed', 'takeover'].map(
      (name) => `${name} true`,
    ),
  );
});
