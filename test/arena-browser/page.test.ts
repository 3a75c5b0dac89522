import assert from 'node:assert/strict';
import { test } from 'node:test';
import { STUDY_ACTIONS } from '../../src/core/study-actions.js';
import { FixedSteps } from '../../src/arena/page/fixed-steps.js';
import { PageKeys } from '../../src/arena/page/held-keys.js';
import { readPageOptions, writePageOptions, type PageOptions } from '../../src/arena/page/page-options.js';

const f = { code: 'KeyF', key: 'f', repeat: false, timeStamp: 0 };
const d = { code: 'KeyD', key: 'd', repeat: false, timeStamp: 0 };

test('steps keep to the schedule however uneven the calls are', () => {
  const time = new FixedSteps(60, 250);
  time.start(1000);
  let taken = 0;
  for (let nowMs = 1000; nowMs < 11_000; nowMs += 7 + ((nowMs * 31) % 23)) taken += time.take(nowMs);
  taken += time.take(11_000);
  assert.equal(taken, 600);
  assert.equal(time.droppedMs, 0);
});

test('after a stall only the bound is caught up on and the rest is counted as dropped', () => {
  const time = new FixedSteps(60, 250);
  time.start(0);
  assert.equal(time.take(5000), 15);
  assert.equal(time.droppedMs, 4750);
  assert.equal(time.take(5000), 0);
  assert.equal(time.take(5000 + 1000 / 60), 1);
});

test('a tap between two steps is held for exactly one step', () => {
  const keys = new PageKeys();
  keys.press(d, 0);
  keys.release(d, 4);
  assert.deepEqual(STUDY_ACTIONS.heldNames(keys.takeHeld()), ['DASH']);
  assert.deepEqual(STUDY_ACTIONS.heldNames(keys.takeHeld()), []);
});

test('auto-repeats are counted apart and hold nothing', () => {
  const keys = new PageKeys();
  keys.press(f, 0);
  for (let i = 1; i <= 5; i += 1) keys.press({ ...f, repeat: true }, i);
  assert.deepEqual(keys.counts, { presses: 1, releases: 0, repeats: 5, other: 0 });
  keys.releaseAll(); // the focus is lost, and comes back while the key is still down
  keys.press({ ...f, repeat: true }, 9);
  assert.deepEqual(STUDY_ACTIONS.heldNames(keys.takeHeld()), []);
});

test("a press in the millisecond of another key's auto-repeat is a press, whatever the browser calls it", () => {
  const keys = new PageKeys();
  keys.press(f, 0);
  keys.press({ ...f, repeat: true, timeStamp: 660 }, 660);
  keys.press({ ...f, repeat: true, timeStamp: 700 }, 700);
  keys.press({ ...d, repeat: true, timeStamp: 700.1 }, 700); // as Chromium on X11 reports it
  keys.press({ code: 'ArrowUp', key: 'ArrowUp', repeat: true, timeStamp: 700.1 }, 700); // and a second one with it
  assert.deepEqual(STUDY_ACTIONS.heldNames(keys.takeHeld()), ['UP', 'SHOOT', 'DASH']);
  keys.press({ code: 'ArrowUp', key: 'ArrowUp', repeat: false, timeStamp: 1360 }, 1360); // its first repeat, likewise
  assert.deepEqual(keys.counts, { presses: 3, releases: 0, repeats: 3, other: 0 });
  assert.deepEqual(
    keys.takeEvents().keyEvents.map(({ repeat }) => repeat),
    [false, true, true, false, false, true],
  );
});

test('an auto-repeat of a key that went down elsewhere is not a press', () => {
  const keys = new PageKeys();
  keys.press({ ...f, repeat: true, timeStamp: 10 }, 10);
  keys.press({ ...d, repeat: true, timeStamp: 50 }, 50);
  assert.deepEqual(keys.counts, { presses: 0, releases: 0, repeats: 2, other: 0 });
  assert.deepEqual(STUDY_ACTIONS.heldNames(keys.takeHeld()), []);
});

test('keys are read by what they type on another layout, and by place where they type no such letters', () => {
  const dvorak = new PageKeys();
  dvorak.press({ code: 'KeyY', key: 'f', repeat: false, timeStamp: 0 }, 0);
  dvorak.press({ code: 'KeyF', key: 'u', repeat: false, timeStamp: 0 }, 0);
  assert.deepEqual(STUDY_ACTIONS.heldNames(dvorak.takeHeld()), ['SHOOT']);
  assert.equal(dvorak.counts.other, 1);
  const cyrillic = new PageKeys();
  cyrillic.press({ code: 'KeyF', key: 'а', repeat: false, timeStamp: 0 }, 0);
  assert.deepEqual(STUDY_ACTIONS.heldNames(cyrillic.takeHeld()), ['SHOOT']);
  const capital = new PageKeys();
  capital.press({ ...f, key: 'F' }, 0);
  capital.release(f, 1);
  capital.takeHeld();
  assert.deepEqual(STUDY_ACTIONS.heldNames(capital.takeHeld()), []);
});

test('the list of key events is bounded, and what it leaves out is counted', () => {
  const keys = new PageKeys();
  for (let i = 0; i < 20_003; i += 1) keys.press({ ...f, repeat: i > 0 }, i);
  const { keyEvents, keyEventsDropped } = keys.takeEvents();
  assert.deepEqual([keyEvents.length, keyEventsDropped], [20_000, 3]);
  assert.deepEqual(keys.takeEvents(), { keyEvents: [], keyEventsDropped: 0 });
});

test('the page reads from its address what the server wrote there', () => {
  const options: PageOptions = {
    ...{ seed: 12, level: 'hard', begin: 'command', token: 'abc', own: true, drawHz: 30 },
    flash: { flips: 5, everyMs: 300, jitterMs: 0 },
  };
  assert.deepEqual(readPageOptions(`?${writePageOptions(options)}`), options);
  assert.deepEqual(readPageOptions('?seed=-1&level=easy&begin=x'), {
    ...{ seed: 1, level: 'normal', begin: 'key', token: '', own: false, drawHz: 60, flash: null },
  });
});
