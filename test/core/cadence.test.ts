import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Cadence } from '../../src/core/cadence.js';
import { VirtualClock } from '../../src/core/clock.js';

const never = new AbortController().signal;

test('ticks that are due already are run late, or skipped where that is asked for', async () => {
  const clock = new VirtualClock();
  const cadence = new Cadence(clock, 10);
  assert.equal((await cadence.next(never))?.tick, 0);
  await clock.sleepUntil(250);
  assert.deepEqual(await cadence.next(never), { tick: 2, deadlineMs: 200, latenessMs: 50, missedBefore: 1 });
  await clock.sleepUntil(450);
  cadence.skipDue();
  assert.deepEqual(await cadence.next(never), { tick: 5, deadlineMs: 500, latenessMs: 0, missedBefore: 0 });
  cadence.skipDue(); // nothing is due
  assert.equal((await cadence.next(never))?.tick, 6);
});
