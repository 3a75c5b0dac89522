import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KEY_PLACES, MOUSE_BUTTONS } from '../../../src/core/game-key.js';
import {
  BUTTON_CODES,
  buttonOf,
  EXTENDED,
  FIXED_VIRTUAL_KEYS,
  keycodeOfScan,
  NAMED_PLACES,
  NUMBER_PAD,
  PLACES,
} from '../../../src/desktop/windows/key-places.js';

test('every place that a game file can name has a scan code of its own on Windows', () => {
  for (const code of Object.keys(KEY_PLACES)) assert.ok(PLACES.has(code), code);
  assert.equal(new Set(PLACES.values()).size, PLACES.size);
});

test('scan codes are those that keyboards send', () => {
  // Microsoft, "Keyboard input overview", scan code set 1; E0 before a code is EXTENDED here
  const known = {
    Escape: 0x01,
    KeyZ: 0x2c,
    Space: 0x39,
    F12: 0x58,
    ControlLeft: 0x1d,
    ControlRight: EXTENDED + 0x1d,
    ArrowUp: EXTENDED + 0x48,
    ArrowRight: EXTENDED + 0x4d,
    Numpad8: 0x48,
    NumpadEnter: EXTENDED + 0x1c,
    MetaLeft: EXTENDED + 0x5b,
  };
  for (const [code, scan] of Object.entries(known)) assert.equal(PLACES.get(code), scan, code);
});

test('the arrows and the number pad share scan codes, and the mark of an extended key tells them apart', () => {
  assert.equal(keycodeOfScan(0x48, true), PLACES.get('ArrowUp'));
  assert.equal(keycodeOfScan(0x48, false), PLACES.get('Numpad8'));
});

test('right Shift and NumLock are one key each, with the mark of an extended key and without it', () => {
  for (const code of ['ShiftRight', 'NumLock']) {
    const scan = PLACES.get(code)!;
    assert.equal(keycodeOfScan(scan, true), scan, code);
    assert.equal(keycodeOfScan(scan, false), scan, code);
  }
});

test('each name of a key without a character is at a place', () => {
  const keycodes = new Set(PLACES.values());
  for (const [name, keycode] of NAMED_PLACES) assert.ok(keycodes.has(keycode), name);
  assert.equal(NAMED_PLACES.get('Prior'), NAMED_PLACES.get('Page_Up'));
});

test('a virtual key that no layout moves belongs to one place; both Enter keys have the same', () => {
  const ENTER = 0x0d;
  const keys = [...FIXED_VIRTUAL_KEYS.values()];
  assert.deepEqual(
    keys.filter((key, at) => keys.indexOf(key) !== at),
    [ENTER],
  );
  assert.equal(FIXED_VIRTUAL_KEYS.get(PLACES.get('ArrowLeft')!), 0x25);
  for (const keycode of NUMBER_PAD.keys()) assert.ok(!FIXED_VIRTUAL_KEYS.has(keycode), 'NumLock moves it');
});

test('mouse buttons have keycodes that no key has', () => {
  assert.deepEqual(BUTTON_CODES.map(buttonOf), [0, 1, 2]);
  assert.equal(BUTTON_CODES.length, MOUSE_BUTTONS.length);
  for (const keycode of PLACES.values()) assert.equal(buttonOf(keycode), null);
});
