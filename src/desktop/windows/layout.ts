/**
 * Key names on the keyboard layout of Windows: keysym name -> keycode, and back. Windows has a layout for each thread; asked
 * is that of the window in the foreground. Presses nothing.
 */
import { isButtonName, placeOf, type KeyLayout, type KeysymPlace } from '../key-layout.js';
import { characterOf, nameOfCharacter } from './characters.js';
import {
  BUTTON_CODES,
  BUTTON_NAMES,
  buttonOf,
  FIXED_VIRTUAL_KEYS,
  NAMED_PLACES,
  NUMBER_PAD,
  PLACES,
} from './key-places.js';
import { keyCalls, windowCalls } from './win32.js';

/** MapVirtualKeyEx: MAPVK_VK_TO_VSC, MAPVK_VSC_TO_VK, MAPVK_VK_TO_CHAR, winuser.h. */
const KEY_TO_SCAN = 0;
const SCAN_TO_KEY = 1;
const KEY_TO_CHARACTER = 2;
/** In what it says of a character: the key does not write it by itself, it changes the next one. */
const DEAD = 0x8000_0000;

/** A layout's handle. */
export type LayoutHandle = bigint;

/** The layout of the window in the foreground; that of this thread where none is. */
export function currentLayout(): LayoutHandle {
  const foreground = windowCalls().foreground();
  const thread = foreground === null ? 0 : windowCalls().processOf(foreground, new Uint32Array(1));
  return keyCalls().layoutOf(thread) ?? 0n;
}

/** The virtual key at a place of a layout, with NumLock as it is now; 0 where it has none. */
export function virtualKeyOf(keycode: number, layout: LayoutHandle): number {
  const pad = NUMBER_PAD.get(keycode);
  if (pad !== undefined) return isOn(NUM_LOCK) ? pad.on : pad.off;
  return FIXED_VIRTUAL_KEYS.get(keycode) ?? keyCalls().mapKey(keycode, SCAN_TO_KEY, layout);
}

/** Every virtual key that the key at a place can have: the number pad's changes with NumLock, also while it is down. */
export function virtualKeysOf(keycode: number, layout: LayoutHandle): readonly number[] {
  const pad = NUMBER_PAD.get(keycode);
  return pad === undefined ? [virtualKeyOf(keycode, layout)] : [pad.on, pad.off];
}

const NUM_LOCK = 0x90;

function isOn(lock: number): boolean {
  return (keyCalls().keyState(lock) & 1) !== 0;
}

/** What a key is called: "f", "Up", "mouse:left"; null for one without a name. */
export function nameOfKey(keycode: number, layout: LayoutHandle): string | null {
  const button = buttonOf(keycode);
  if (button !== null) return BUTTON_NAMES[button] ?? null;
  const named = NAME_OF_PLACE.get(keycode);
  if (named !== undefined) return named;
  const key = keyCalls().mapKey(keycode, SCAN_TO_KEY, layout);
  const character = key === 0 ? 0 : keyCalls().mapKey(key, KEY_TO_CHARACTER, layout);
  if (character === 0 || character >= DEAD) return null;
  return nameOfCharacter(String.fromCharCode(character).toLowerCase());
}

/** The first name of each: "Prior" and "Page_Up" are one key. */
const NAME_OF_PLACE = new Map([...NAMED_PLACES].reverse().map(([name, keycode]) => [keycode, name]));

/** Finds the key with a keysym name, on a layout. */
function findKey(name: string, layout: LayoutHandle): KeysymPlace {
  const place = NAMED_PLACES.get(name);
  if (place !== undefined) return { found: 'plain', keycode: place };
  const character = characterOf(name);
  if (character === null) return { found: 'unknown' };
  const answer = keyCalls().keyOfCharacter(character.charCodeAt(0), layout);
  if (answer === -1) return { found: 'nowhere' };
  const keycode = keyCalls().mapKey(answer & 0xff, KEY_TO_SCAN, layout);
  if (keycode === 0) return { found: 'nowhere' };
  const modifiers = (answer >> 8) & 0xff;
  return modifiers === 0
    ? { found: 'plain', keycode }
    : { found: 'with-modifier', plainName: nameOfKey(keycode, layout) };
}

/** A layout that can be asked. @param layout default: the one in use */
export function windowsLayout(layout: LayoutHandle = currentLayout()): KeyLayout {
  return {
    title: `the keyboard layout ${(Number(layout) & 0xffff).toString(16).padStart(4, '0')} of Windows`,
    find: (name) => {
      if (isButtonName(name)) return at(BUTTON_CODES[BUTTON_NAMES.indexOf(name)]);
      const place = placeOf(name);
      return place === null ? findKey(name, layout) : at(PLACES.get(place));
    },
    names: () => [...namesOf(layout), ...[...PLACES.keys()].map((code) => `code:${code}`), ...BUTTON_NAMES],
  };
}

function at(keycode: number | undefined): KeysymPlace {
  return keycode === undefined ? { found: 'unknown' } : { found: 'plain', keycode };
}

function namesOf(layout: LayoutHandle): readonly string[] {
  const written = [...PLACES.values()].map((keycode) => nameOfKey(keycode, layout)).filter((name) => name !== null);
  return [...new Set([...NAMED_PLACES.keys(), ...written])];
}
