import assert from 'node:assert/strict';
import { test } from 'node:test';
import { logNameOf, recordedKeys } from '../../src/runs/record/log-names.js';
import { DEFAULT_KEYS, parseKeys } from '../../src/keyboard/key-map.js';
import { STUDY_LOG_KEYS } from '../../src/core/study-actions.js';

test("the default keys are called what the study's recorder calls them", () => {
  const { map, hotKeys } = recordedKeys(DEFAULT_KEYS, '1,8,9');
  assert.deepEqual(map, STUDY_LOG_KEYS);
  assert.deepEqual(hotKeys, { stop: '1', fightStart: '8', fightEnd: '9' });
});

test('other keys are called as pynput calls them', () => {
  const names = ['Control_L', 'Shift_R', 'Return', 'F8', 'Caps_Lock', 'semicolon', 'z', 'KP_0'].map(logNameOf);
  assert.deepEqual(names, ['Key.ctrl', 'Key.shift_r', 'Key.enter', 'Key.f8', 'Key.caps_lock', ';', 'z', 'KP_0']);
});

test("the game's own keys come into the session's map", () => {
  const { map } = recordedKeys(parseKeys('JUMP=z,DASH=Control_L'), 'F1,F8,F9');
  assert.deepEqual([map.get('z'), map.get('Key.ctrl'), map.get('Key.space')], ['JUMP', 'DASH', undefined]);
});

test('an action without a key is not in the map of the session, and its default key is not recorded', () => {
  const { map, keysyms } = recordedKeys(parseKeys('DASH=none'), '1,8,9');
  assert.equal(map.size, STUDY_LOG_KEYS.size - 1);
  assert.ok(![...map.values()].includes('DASH') && !map.has('d') && !keysyms.includes('d'));
});
