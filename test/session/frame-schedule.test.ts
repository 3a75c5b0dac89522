import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { FrameSchedule, OPEN_SLOT_MS } from '../../src/session/frame-schedule.js';

test('frame k belongs to start + k / rate, and a grab that is late within its slot stays in it', () => {
  const schedule = new FrameSchedule(10);
  assert.deepEqual(schedule.place(1000, 1005), { repeats: 0, slot: 0 });
  assert.deepEqual(schedule.place(1130, 1160), { repeats: 0, slot: 1 });
  assert.deepEqual(
    schedule.place(1199, 1201),
    { repeats: 0, slot: 2 },
    'a timer that fires 1 ms early means its own slot',
  );
  assert.equal(schedule.dueMs(2), 1200);
});

test('missed slots repeat the picture before them, never one from their future', () => {
  const schedule = new FrameSchedule(10);
  schedule.place(0, 5);
  assert.deepEqual(schedule.place(350, 360), { repeats: 2, slot: 3 });
});

test('a second picture in one slot is dropped', () => {
  const schedule = new FrameSchedule(10);
  schedule.place(0, 1);
  assert.equal(schedule.place(20, 30), null);
  assert.deepEqual(schedule.place(100, 101), { repeats: 0, slot: 1 });
});

test('a capture that stalls leaves no slot open for longer than half a second', () => {
  const schedule = new FrameSchedule(10);
  assert.equal(schedule.closeOverdue(50), 0, 'there is nothing to repeat before the first picture');
  schedule.place(0, 5);
  assert.equal(schedule.closeOverdue(100 + OPEN_SLOT_MS), 0);
  assert.equal(schedule.closeOverdue(200 + OPEN_SLOT_MS), 1, 'slot 1 ended half a second ago');
  assert.equal(schedule.closeOverdue(2000), 13);
  assert.deepEqual(
    schedule.place(300, 2000),
    { repeats: 0, slot: 15 },
    'a grab that took so long goes to the next open slot',
  );
});

test('whatever the delays, every slot up to the end is filled once, and no picture comes before its grab', () => {
  const step = fc.record({
    pauseMs: fc.integer({ min: 0, max: 900 }),
    grabMs: fc.integer({ min: 0, max: 400 }),
    ticks: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.constantFrom(5, 10, 30, 60), fc.array(step, { minLength: 1, maxLength: 40 }), (rateHz, steps) => {
      const schedule = new FrameSchedule(rateHz);
      const periodMs = 1000 / rateHz;
      let nowMs = 12.5;
      let filled = 0;
      for (const { pauseMs, grabMs, ticks } of steps) {
        nowMs += pauseMs;
        const capturedAtMs = nowMs;
        nowMs += grabMs;
        if (ticks) filled += schedule.closeOverdue(nowMs);
        const placement = schedule.place(capturedAtMs, nowMs);
        if (placement === null) continue;
        assert.equal(placement.slot, filled + placement.repeats);
        filled = placement.slot + 1;
        assert.ok(capturedAtMs < schedule.dueMs(placement.slot) + periodMs, 'the grab began in its slot or before');
        assert.ok(schedule.dueMs(placement.slot) <= nowMs + periodMs * 0.11, 'no slot of the future is filled');
      }
      filled += schedule.closeAll(nowMs);
      assert.equal(schedule.filled, filled);
      const due = Math.floor((nowMs - schedule.dueMs(0)) / periodMs + 1e-9) + 1;
      assert.ok(filled === due || filled === due + 1, `${filled} slots for ${due}: a picture may be a hair early`);
    }),
  );
});
