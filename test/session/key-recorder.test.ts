import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KeyRecorder } from '../../src/session/key-recorder.js';
import type { SessionWriter } from '../../src/session/session-writer.js';

test('a key that is stamped just before the focus was seen comes after the keys that were held then', () => {
  const written: (readonly [string, number])[] = [];
  const writer = {
    keyDown: (key: string, atMs: number) => written.push([`${key} down`, atMs]),
    keyUp: (key: string, atMs: number) => written.push([`${key} up`, atMs]),
  } as unknown as SessionWriter;
  const keys = new KeyRecorder({ writer, onStop: assert.fail });
  keys.focusGained(1000.9, [{ key: 'Key.up', synthetic: false }]);
  keys.key({ key: 'Key.space', down: true, atMs: 1000, synthetic: false }); // whole ms: pressed at 1000.95
  keys.key({ key: 'Key.space', down: false, atMs: 1005, synthetic: false });
  assert.deepEqual(written, [
    ['Key.up down', 1000.9],
    ['Key.space down', 1000.9],
    ['Key.space up', 1005],
  ]);
});
