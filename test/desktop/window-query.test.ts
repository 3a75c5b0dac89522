import assert from 'node:assert/strict';
import test from 'node:test';
import { UnderstudyError } from '../../src/core/errors.js';
import type { WindowInfo, WindowQuery } from '../../src/capture/game-window.js';
import { matcher, windowAmbiguous, windowNotFound } from '../../src/desktop/window-query.js';

function window(id: number, title: string, app = 'Game', pid: number | null = null): WindowInfo {
  const bounds = { x: 0, y: 0, width: 640, height: 480 };
  return { id, title, app, pid, bounds, visible: true, minimised: false };
}

const windows = [
  window(1, 'Cup Fight', 'Fighter', 10),
  window(2, 'Cup Fight: options', 'Fighter', 10),
  window(3, 'Editor', 'vi', 11),
];

const fitting = (query: WindowQuery) => windows.filter(matcher(query)).map(({ id }) => id);

test('text fits any part of the title, in any case; a regular expression says it exactly', () => {
  assert.deepEqual(fitting({ window: 'cup' }), [1, 2]);
  assert.deepEqual(fitting({ window: '/^Cup Fight$/' }), [1]);
  assert.deepEqual(fitting({ window: '/^cup/' }), []);
  assert.deepEqual(fitting({ window: '/^cup/i' }), [1, 2]);
  assert.deepEqual(fitting({ window: '/Cup/g' }), [1, 2], 'a flag that remembers a position is left out');
  assert.deepEqual(fitting({ window: 'C.p' }), [], 'plain text is not a pattern');
});

test('every part of a query must fit', () => {
  assert.deepEqual(fitting({ app: 'fighter', window: 'options' }), [2]);
  assert.deepEqual(fitting({ pid: 11 }), [3]);
  assert.deepEqual(fitting({ pid: 10, windowId: 1 }), [1]);
  assert.deepEqual(fitting({ pid: 11, windowId: 1 }), []);
});

test('a query without a part, with an empty text or a broken expression is wrong usage', () => {
  for (const query of [{}, { window: '' }, { app: '' }, { window: '/(/' }, { window: '/a/xyz' }]) {
    assert.throws(
      () => matcher(query),
      (error) => error instanceof UnderstudyError && error.code === 'bad-option' && error.exitCode === 2,
      JSON.stringify(query),
    );
  }
});

test('several matches are listed with their numbers, and the error says how to choose', () => {
  const error = windowAmbiguous({ window: 'cup' }, windows.slice(0, 2));
  assert.equal(error.code, 'window-ambiguous');
  assert.match(error.message, /2 windows fit --window "cup"/);
  assert.match(error.message, /1 "Cup Fight"/);
  assert.match(error.message, /2 "Cup Fight: options"/);
  assert.match(error.next, /--window-id 1/);
});

test('no match lists what there is, not more than a screen of it', () => {
  const many = Array.from({ length: 50 }, (_, i) => window(i, `Window ${i}`));
  const error = windowNotFound({ app: 'cup' }, many, { waitedMs: 1500, skipped: [] });
  assert.match(error.message, /within 1\.5 s/);
  assert.match(error.message, /"Window 0"/);
  assert.match(error.message, /and 30 more/);
  assert.match(windowNotFound({ app: 'cup' }, [], { waitedMs: 0, skipped: [] }).message, /no window at all/);
});

test('advice for several matches leads to one of them', () => {
  const [a, b] = [window(1, 'Test Game'), window(2, 'Test Game')];
  assert.doesNotMatch(windowAmbiguous({ window: 'Game' }, [a, b]).next, /title|--pid/);
  const others = [
    { ...a, pid: 11 },
    { ...b, pid: 12 },
  ];
  assert.match(windowAmbiguous({ window: 'Game' }, others).next, /--window-id 1, or by its process, as in --pid 11\.$/);
  assert.match(windowAmbiguous({ window: 'Game' }, [a, window(3, 'Test Game: options')]).next, /exact title/);
});

test('a title in a message is one short line, whatever the window calls itself', () => {
  const odd = [window(1, 'one\ntwo\x1b[31m'), window(2, 'L'.repeat(70_000))];
  const { message } = windowNotFound({ window: 'x' }, odd, { waitedMs: 0, skipped: [] });
  const lines = message.split('\n').slice(1);
  assert.equal(lines.length, 2);
  assert.match(lines[0], /"one\ufffdtwo\ufffd\[31m"/);
  assert.ok(lines[1].length < 150 && lines[1].includes('…'));
});
