/**
 * Keys by their place on the keyboard, whatever the layout: names as in the web's KeyboardEvent.code, looked up by the
 * names that the server's keyboard has for its places. Presses nothing.
 */
import { copyMemory } from '../../system/ffi.js';
import type { XConnection } from './connection.js';
import { xlib } from './xlib.js';

/** A row of keys, from left to right: names in W3C's "UI Events KeyboardEvent code Values", and the prefix of XKB's. */
const ROWS: readonly (readonly [prefix: string, codes: string])[] = [
  ['AE', 'Digit1 Digit2 Digit3 Digit4 Digit5 Digit6 Digit7 Digit8 Digit9 Digit0 Minus Equal'],
  ['AD', 'KeyQ KeyW KeyE KeyR KeyT KeyY KeyU KeyI KeyO KeyP BracketLeft BracketRight'],
  ['AC', 'KeyA KeyS KeyD KeyF KeyG KeyH KeyJ KeyK KeyL Semicolon Quote'],
  ['AB', 'KeyZ KeyX KeyC KeyV KeyB KeyN KeyM Comma Period Slash'],
  ['FK', 'F1 F2 F3 F4 F5 F6 F7 F8 F9 F10 F11 F12'],
];

/** The keys beside those rows; XKB's names as in xkeyboard-config, keycodes/evdev. */
const SINGLE: Readonly<Record<string, string>> = {
  ...{ Backquote: 'TLDE', Backslash: 'BKSL', IntlBackslash: 'LSGT', Space: 'SPCE', Enter: 'RTRN', Tab: 'TAB' },
  ...{ Backspace: 'BKSP', Escape: 'ESC', CapsLock: 'CAPS', ShiftLeft: 'LFSH', ShiftRight: 'RTSH' },
  ...{ ControlLeft: 'LCTL', ControlRight: 'RCTL', AltLeft: 'LALT', AltRight: 'RALT', MetaLeft: 'LWIN' },
  ...{ MetaRight: 'RWIN', ContextMenu: 'COMP', ArrowUp: 'UP', ArrowDown: 'DOWN', ArrowLeft: 'LEFT' },
  ...{ ArrowRight: 'RGHT', Insert: 'INS', Delete: 'DELE', Home: 'HOME', End: 'END', PageUp: 'PGUP' },
  ...{ PageDown: 'PGDN', PrintScreen: 'PRSC', ScrollLock: 'SCLK', Pause: 'PAUS', NumLock: 'NMLK' },
  ...{ NumpadDivide: 'KPDV', NumpadMultiply: 'KPMU', NumpadSubtract: 'KPSU', NumpadAdd: 'KPAD' },
  ...{ NumpadEnter: 'KPEN', NumpadDecimal: 'KPDL' },
};

/** KeyboardEvent.code -> XKB's name of the place. */
const XKB_NAMES: ReadonlyMap<string, string> = new Map([
  ...ROWS.flatMap(([prefix, codes]) =>
    codes.split(' ').map((code, at) => [code, `${prefix}${String(at + 1).padStart(2, '0')}`] as const),
  ),
  ...Object.entries(SINGLE),
  ...[...'0123456789'].map((digit) => [`Numpad${digit}`, `KP${digit}`] as const),
]);

/** Every place that can be named. */
export const KEY_CODES: readonly string[] = [...XKB_NAMES.keys()];

/** XKB.h: the master keyboard; the mask of XkbGetNames for the names of keys; every part of a description. */
const CORE_KEYBOARD = 0x0100;
const KEY_NAMES_MASK = 1 << 9;
const ALL_COMPONENTS = 0x7f;
/** Of XKBstr.h on a 64-bit machine: the names in XkbDescRec; the list of keys' names in XkbNamesRec; one such name. */
const NAMES_OFFSET = 48;
const KEYS_OFFSET = 456;
const KEY_NAME_BYTES = 4;

/**
 * The keycode at a place of the display's keyboard.
 *
 * @param code as in KeyboardEvent.code: "KeyX"
 * @returns 'unknown' for a name that no place has; null where this keyboard has no key there
 */
export function keycodeAt(connection: XConnection, code: string): number | null | 'unknown' {
  const name = XKB_NAMES.get(code);
  if (name === undefined) return 'unknown';
  const at = readKeyNames(connection).indexOf(name);
  return at === -1 ? null : at;
}

/** XKB's name of each key, by keycode; empty where the server does not say. */
function readKeyNames(connection: XConnection): string[] {
  const x = xlib();
  const map = connection.trapReply(() => x.getKeyboardMap(connection.display, 0, CORE_KEYBOARD));
  if (map === null) return [];
  try {
    connection.trapReply(() => x.getKeyboardNames(connection.display, KEY_NAMES_MASK, map));
    const high = copyMemory(map + 13n, 1)[0];
    const names = copyMemory(map + BigInt(NAMES_OFFSET), 8).readBigUInt64LE();
    const keys = names === 0n ? 0n : copyMemory(names + BigInt(KEYS_OFFSET), 8).readBigUInt64LE();
    if (keys === 0n) return [];
    const text = copyMemory(keys, (high + 1) * KEY_NAME_BYTES).toString('latin1');
    return Array.from({ length: high + 1 }, (_, keycode) =>
      text.slice(keycode * KEY_NAME_BYTES, (keycode + 1) * KEY_NAME_BYTES).replace(/\0+$/, ''),
    );
  } finally {
    x.freeKeyboardMap(map, ALL_COMPONENTS, 1);
  }
}
