import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KeyObservation, KeyWatch } from '../../src/desktop/key-watch.js';
import { FocusedKeys } from '../../src/runs/record/focused-keys.js';
import type { KeySource } from '../../src/runs/record/key-source.js';

/** A keyboard whose keys wait until they are asked for, and a window whose focus is asked for again and again. */
async function openKeys(focus: boolean[]) {
  const waiting: KeyObservation[] = [];
  const said: string[] = [];
  let onKey: (key: KeyObservation) => void = () => undefined;
  const watch = {
    poll: () => waiting.splice(0).forEach((key) => onKey(key)),
    keysDown: () => [],
    inHands: () => null,
    [Symbol.dispose]: () => undefined,
  } as unknown as KeyWatch;
  const source = {
    watch: (listener: { onKey: typeof onKey }) => {
      onKey = (key) => listener.onKey(key);
      return Promise.resolve(watch);
    },
    nameOf: () => 'KeyF',
  } as unknown as KeySource;
  const keys = await FocusedKeys.start({
    source,
    recorder: {
      focusGained: () => said.push('gained'),
      focusLost: () => said.push('lost'),
      key: ({ down }) => said.push(down ? 'down' : 'up'),
    },
    hasFocus: () => focus.shift() ?? false,
    hasPointer: () => true,
    nowMs: () => 0,
    onLost: assert.fail,
  });
  const press = (down: boolean): void => {
    waiting.push({ keycode: 41, keysym: 'f', down, atMs: 0, synthetic: false } as unknown as KeyObservation);
  };
  return { keys, press, said };
}

test('a focus that is lost while keys are taken is lost: what was asked before them is out of date', async () => {
  const { keys, press, said } = await openKeys([true, true, true, true, false]);
  press(true);
  keys.look();
  assert.deepEqual(said, ['gained', 'down']);
  press(false);
  keys.look(); // the focus is there, and gone when the key is taken
  keys[Symbol.dispose]();
  assert.deepEqual(said, ['gained', 'down', 'lost']);
});
