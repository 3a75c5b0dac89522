/**
 * The key of nut-js for each keysym name. nut-js knows the US keyboard only; a key that is not here cannot be pressed
 * with it. Loads nothing of nut-js, so that names can be checked without it.
 */
import { isButtonName, placeOf, type KeyLayout } from '../key-layout.js';

const LETTERS = [...'abcdefghijklmnopqrstuvwxyz'].map((letter) => [letter, letter.toUpperCase()] as const);
const DIGITS = [...'0123456789'].map((digit) => [digit, `Num${digit}`] as const);
const FUNCTION_KEYS = Array.from({ length: 24 }, (_, i) => [`F${i + 1}`, `F${i + 1}`] as const);
const NUMBER_PAD = [...'0123456789'].map((digit) => [`KP_${digit}`, `NumPad${digit}`] as const);

/** Keysym name -> name in nut-js' `Key`. */
export const NUT_JS_KEYS: ReadonlyMap<string, string> = new Map<string, string>([
  ...LETTERS,
  ...DIGITS,
  ...FUNCTION_KEYS,
  ...NUMBER_PAD,
  ['Up', 'Up'],
  ['Down', 'Down'],
  ['Left', 'Left'],
  ['Right', 'Right'],
  ['space', 'Space'],
  ['Return', 'Return'],
  ['KP_Enter', 'Enter'],
  ['Tab', 'Tab'],
  ['Escape', 'Escape'],
  ['BackSpace', 'Backspace'],
  ['Delete', 'Delete'],
  ['Insert', 'Insert'],
  ['Home', 'Home'],
  ['End', 'End'],
  ['Prior', 'PageUp'],
  ['Page_Up', 'PageUp'],
  ['Next', 'PageDown'],
  ['Page_Down', 'PageDown'],
  ['Shift_L', 'LeftShift'],
  ['Shift_R', 'RightShift'],
  ['Control_L', 'LeftControl'],
  ['Control_R', 'RightControl'],
  ['Alt_L', 'LeftAlt'],
  ['Alt_R', 'RightAlt'],
  ['Super_L', 'LeftSuper'],
  ['Super_R', 'RightSuper'],
  ['grave', 'Grave'],
  ['minus', 'Minus'],
  ['equal', 'Equal'],
  ['bracketleft', 'LeftBracket'],
  ['bracketright', 'RightBracket'],
  ['backslash', 'Backslash'],
  ['semicolon', 'Semicolon'],
  ['apostrophe', 'Quote'],
  ['comma', 'Comma'],
  ['period', 'Period'],
  ['slash', 'Slash'],
]);

/** Why nut-js presses no key of this name, as a clause for people; null for a keysym name. */
export function notOfNutJs(name: string): string | null {
  if (isButtonName(name)) return 'mouse buttons are pressed through XTEST on X11 alone';
  return placeOf(name) === null ? null : 'keys by their place are pressed through XTEST on X11 alone';
}

/** The keys of nut-js as a layout, for platforms without an X server. Its keycodes are indices of the table's keys. */
export function nutJsLayout(): KeyLayout {
  const names = [...NUT_JS_KEYS.keys()];
  const keys = [...new Set(NUT_JS_KEYS.values())];
  return {
    title: "nut-js' US keyboard",
    find: (name) => {
      const key = NUT_JS_KEYS.get(name);
      if (key !== undefined) return { found: 'plain', keycode: keys.indexOf(key) };
      const why = notOfNutJs(name);
      if (why !== null) return { found: 'unsupported', why };
      const plainName = name.toLowerCase();
      return NUT_JS_KEYS.has(plainName) ? { found: 'with-modifier', plainName } : { found: 'unknown' };
    },
    names: () => names,
  };
}
