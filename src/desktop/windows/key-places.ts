/**
 * The keys of a keyboard as Windows numbers them. A keycode here is the scan code of the key (set 1, as keyboards send it
 * to a PC), with 0x100 added where Windows calls the key extended: the same place on every layout. Mouse buttons have
 * numbers above. Presses nothing.
 */
import { KEY_PLACES, MOUSE_BUTTONS } from '../../core/game-key.js';

/** Added to the scan code of an extended key, which a keyboard sends after the byte 0xE0. */
export const EXTENDED = 0x100;

/** Scan codes of the extended keys (Microsoft, "Keyboard input overview"); all others are numbered as in Linux, from 1. */
const EXTENDED_PLACES: Readonly<Record<string, number>> = {
  NumpadEnter: 0x1c,
  ControlRight: 0x1d,
  NumpadDivide: 0x35,
  AltRight: 0x38,
  Home: 0x47,
  ArrowUp: 0x48,
  PageUp: 0x49,
  ArrowLeft: 0x4b,
  ArrowRight: 0x4d,
  End: 0x4f,
  ArrowDown: 0x50,
  PageDown: 0x51,
  Insert: 0x52,
  Delete: 0x53,
  MetaLeft: 0x5b,
  MetaRight: 0x5c,
};

/** Linux's numbers are those scan codes up to F12 (88). */
const LAST_PLAIN = 88;

/** KeyboardEvent.code -> keycode. */
export const PLACES: ReadonlyMap<string, number> = new Map([
  ...Object.entries(KEY_PLACES).filter(([, number]) => number <= LAST_PLAIN),
  ...Object.entries(EXTENDED_PLACES).map(([code, scan]): [string, number] => [code, EXTENDED + scan]),
]);

/** Right Shift and NumLock come with the mark of an extended key in some messages and without it in others. */
const MARKED_AT_RANDOM = new Set([0x36, 0x45]);

/** The keycode of a scan code and the mark of an extended key, as an event or a hook gives them. */
export function keycodeOfScan(scan: number, extended: boolean): number {
  return extended && !MARKED_AT_RANDOM.has(scan) ? EXTENDED + scan : scan;
}

/** A keysym name -> the place of that key on every layout: the keys that write no character, and the number pad. */
const PLACE_OF_NAME: Readonly<Record<string, string>> = {
  Up: 'ArrowUp',
  Down: 'ArrowDown',
  Left: 'ArrowLeft',
  Right: 'ArrowRight',
  Return: 'Enter',
  Tab: 'Tab',
  Escape: 'Escape',
  BackSpace: 'Backspace',
  Delete: 'Delete',
  Insert: 'Insert',
  Home: 'Home',
  End: 'End',
  Prior: 'PageUp',
  Page_Up: 'PageUp',
  Next: 'PageDown',
  Page_Down: 'PageDown',
  Shift_L: 'ShiftLeft',
  Shift_R: 'ShiftRight',
  Control_L: 'ControlLeft',
  Control_R: 'ControlRight',
  Alt_L: 'AltLeft',
  Alt_R: 'AltRight',
  ISO_Level3_Shift: 'AltRight',
  Super_L: 'MetaLeft',
  Super_R: 'MetaRight',
  Caps_Lock: 'CapsLock',
  Num_Lock: 'NumLock',
  Scroll_Lock: 'ScrollLock',
  KP_Enter: 'NumpadEnter',
  KP_Add: 'NumpadAdd',
  KP_Subtract: 'NumpadSubtract',
  KP_Multiply: 'NumpadMultiply',
  KP_Divide: 'NumpadDivide',
  KP_Decimal: 'NumpadDecimal',
  ...Object.fromEntries(Array.from({ length: 10 }, (_, i) => [`KP_${i}`, `Numpad${i}`])),
  ...Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`F${i + 1}`, `F${i + 1}`])),
};

/** Keysym name -> keycode, for the keys that are in one place on every layout. */
export const NAMED_PLACES: ReadonlyMap<string, number> = new Map(
  Object.entries(PLACE_OF_NAME).map(([name, code]) => [name, PLACES.get(code)!]),
);

/** Virtual keys (winuser.h) of the places that no layout moves. */
const FIXED_KEYS: Readonly<Record<string, number>> = {
  Escape: 0x1b,
  Backspace: 0x08,
  Tab: 0x09,
  Enter: 0x0d,
  NumpadEnter: 0x0d,
  Space: 0x20,
  PageUp: 0x21,
  PageDown: 0x22,
  End: 0x23,
  Home: 0x24,
  ArrowLeft: 0x25,
  ArrowUp: 0x26,
  ArrowRight: 0x27,
  ArrowDown: 0x28,
  Insert: 0x2d,
  Delete: 0x2e,
  MetaLeft: 0x5b,
  MetaRight: 0x5c,
  NumpadMultiply: 0x6a,
  NumpadAdd: 0x6b,
  NumpadSubtract: 0x6d,
  NumpadDivide: 0x6f,
  ...Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`F${i + 1}`, 0x70 + i])),
  NumLock: 0x90,
  ScrollLock: 0x91,
  CapsLock: 0x14,
  ShiftLeft: 0xa0,
  ShiftRight: 0xa1,
  ControlLeft: 0xa2,
  ControlRight: 0xa3,
  AltLeft: 0xa4,
  AltRight: 0xa5,
};

/** Keycode -> virtual key, where no layout changes it. */
export const FIXED_VIRTUAL_KEYS: ReadonlyMap<number, number> = new Map(
  Object.entries(FIXED_KEYS).map(([code, key]) => [PLACES.get(code)!, key]),
);

/** The number pad: its virtual key with NumLock on, and off. */
export const NUMBER_PAD: ReadonlyMap<number, { readonly on: number; readonly off: number }> = new Map(
  (
    [
      ['Numpad0', 0x60, 0x2d],
      ['Numpad1', 0x61, 0x23],
      ['Numpad2', 0x62, 0x28],
      ['Numpad3', 0x63, 0x22],
      ['Numpad4', 0x64, 0x25],
      ['Numpad5', 0x65, 0x0c],
      ['Numpad6', 0x66, 0x27],
      ['Numpad7', 0x67, 0x24],
      ['Numpad8', 0x68, 0x26],
      ['Numpad9', 0x69, 0x21],
      ['NumpadDecimal', 0x6e, 0x2e],
    ] as const
  ).map(([code, on, off]) => [PLACES.get(code)!, { on, off }]),
);

/** Mouse buttons have keycodes above those of keys. */
const ABOVE_KEYS = 0x200;

export const BUTTON_NAMES: readonly string[] = MOUSE_BUTTONS.map((button) => `mouse:${button}`);

/** The keycodes of the left, the middle and the right button. */
export const BUTTON_CODES: readonly number[] = BUTTON_NAMES.map((_, at) => ABOVE_KEYS + at);

/** 0 left, 1 middle, 2 right; null for a key. */
export function buttonOf(keycode: number): number | null {
  return keycode >= ABOVE_KEYS ? keycode - ABOVE_KEYS : null;
}
