/**
 * Key names on the layout of an X display: keysym name -> keycode, and back. Xlib reads the keys' symbols once for each
 * connection: after the layout was edited, a new connection is needed (a switch between its groups is noticed). Presses
 * nothing.
 */
import { isButtonName, placeOf, type KeyLayout, type KeysymPlace } from '../key-layout.js';
import { copyMemory } from '../../system/ffi.js';
import { BUTTON_NAMES, codeOfButtonName } from './buttons.js';
import type { XConnection } from './connection.js';
import { KEY_CODES, keycodeAt } from './key-places.js';
import { xlib } from './xlib.js';

/** Shift levels that are searched for a key that needs a modifier: none, Shift, AltGr, AltGr + Shift. */
const LEVELS = 4;

/** XkbUseCoreKbd: the master keyboard. */
const CORE_KEYBOARD = 0x0100;

/** XkbStateRec, XKBstr.h: the effective group is the first byte; the effective modifiers follow six bytes of groups. */
const EFFECTIVE_MODIFIERS_OFFSET = 6;

/**
 * The layout group in use (0..3), for keyboards that switch between several, and the modifiers in effect: held, latched or
 * locked, as the bits of X.h. One round trip.
 */
export function keyboardState(connection: XConnection): { readonly group: number; readonly modifiers: number } {
  const state = new Uint8Array(32);
  const status = connection.trapReply(() => xlib().keyboardState(connection.display, CORE_KEYBOARD, state));
  return status === 0 ? { group: state[0], modifiers: state[EFFECTIVE_MODIFIERS_OFFSET] } : { group: 0, modifiers: 0 };
}

/** XKB.h: what XkbGetMap gets, types and symbols. */
const TYPES_AND_SYMBOLS = 3;
/** Of XKBstr.h on a 64-bit machine: the client's map in XkbDescRec; symbols and keys in it; a key's record. */
const CLIENT_MAP_OFFSET = 32;
const SYMBOLS_OFFSET = 24;
const KEYS_OFFSET = 32;
const KEY_RECORD_BYTES = 8;

/**
 * What each key gives without a modifier on one keyboard, as the server has it now: Xlib's own copy, which
 * {@link keysymOf} uses, is not renewed when a layout of the same keys replaces it (libX11 1.8.4).
 *
 * @param device null: the master keyboard
 * @returns of a keycode (8..255) and a group the keysym, 0 for none
 */
export function readPlainKeysyms(
  connection: XConnection,
  device: number | null,
): (keycode: number, group: number) => number {
  const x = xlib();
  const map = connection.trapReply(() =>
    x.getKeyboardMap(connection.display, TYPES_AND_SYMBOLS, device ?? CORE_KEYBOARD),
  );
  if (map === null) return () => 0;
  try {
    const [low, high] = copyMemory(map + 12n, 2);
    const client = copyMemory(copyMemory(map + BigInt(CLIENT_MAP_OFFSET), 8).readBigUInt64LE(), KEYS_OFFSET + 8);
    const keys = copyMemory(client.readBigUInt64LE(KEYS_OFFSET), (high + 1) * KEY_RECORD_BYTES);
    const symbols = copyMemory(client.readBigUInt64LE(SYMBOLS_OFFSET), client.readUInt16LE(18) * 8);
    return (keycode, group) => {
      if (keycode < low || keycode > high) return 0;
      // XkbSymMapRec: types of the groups 0..3, number of groups 4 (low bits), levels of a group 5, index of the first 6
      const at = keycode * KEY_RECORD_BYTES;
      const groups = keys[at + 4] & 0x0f;
      if (groups === 0) return 0;
      const first = keys.readUInt16LE(at + 6) + (group < groups ? group * keys[at + 5] : 0);
      return Number(symbols.readBigUInt64LE(first * 8));
    };
  } finally {
    x.freeKeyboardMap(map, 0, 1);
  }
}

/** XKB.h: which events are asked for. */
const NEW_KEYBOARD_NOTIFY_MASK = 1 << 0;
const MAP_NOTIFY_MASK = 1 << 1;

/**
 * From now on an event comes on this connection whenever a layout is changed, or another keyboard is used than before.
 *
 * @param device a keyboard besides the master; null for none
 */
export function reportLayoutChanges(connection: XConnection, device: number | null): void {
  const mask = NEW_KEYBOARD_NOTIFY_MASK | MAP_NOTIFY_MASK;
  keyboardState(connection); // begins XKB on the connection
  for (const id of device === null ? [CORE_KEYBOARD] : [CORE_KEYBOARD, device])
    connection.trap(() => xlib().selectKeyboardEvents(connection.display, id, mask, mask));
}

function currentGroup(connection: XConnection): number {
  return keyboardState(connection).group;
}

/**
 * The keysym of a key, in the current group; 0 for none.
 *
 * @param level 0 = without a modifier
 */
export function keysymOf(
  connection: XConnection,
  keycode: number,
  level = 0,
  group = currentGroup(connection),
): number {
  const x = xlib();
  const here = x.keycodeToKeysym(connection.display, keycode, group, level);
  // a key with fewer groups than the layout uses its first group
  return here !== 0 || group === 0 ? here : x.keycodeToKeysym(connection.display, keycode, 0, level);
}

/** "space" for 32; null where no name is known. */
export function keysymName(keysym: number): string | null {
  return keysym === 0 ? null : xlib().keysymToString(keysym);
}

/** The lowest and the highest keycode that the server knows. */
function keycodeRange(connection: XConnection): { readonly low: number; readonly high: number } {
  const low = new Int32Array(1);
  const high = new Int32Array(1);
  xlib().displayKeycodes(connection.display, low, high);
  return { low: low[0], high: high[0] };
}

/** Finds the key with a keysym name; the lowest keycode where several keys have it. */
export function findKey(connection: XConnection, name: string): KeysymPlace {
  const keysym = xlib().stringToKeysym(name);
  if (keysym === 0) return { found: 'unknown' };
  const { low, high } = keycodeRange(connection);
  const group = currentGroup(connection);
  for (let level = 0; level < LEVELS; level += 1) {
    for (let keycode = low; keycode <= high; keycode += 1) {
      if (keysymOf(connection, keycode, level, group) !== keysym) continue;
      if (level === 0) return { found: 'plain', keycode };
      return { found: 'with-modifier', plainName: keysymName(keysymOf(connection, keycode, 0, group)) };
    }
  }
  return { found: 'nowhere' };
}

/** Names of all keys of the current layout that need no modifier. */
function plainKeyNames(connection: XConnection): readonly string[] {
  const { low, high } = keycodeRange(connection);
  const group = currentGroup(connection);
  const names = new Set<string>();
  for (let keycode = low; keycode <= high; keycode += 1) {
    const name = keysymName(keysymOf(connection, keycode, 0, group));
    if (name !== null) names.add(name);
  }
  return [...names];
}

/** The current layout of the connection's display; valid while the connection is open. */
export function x11Layout(connection: XConnection): KeyLayout {
  return {
    title: `the keyboard layout of the display '${connection.name}'`,
    find: (name) => findKeyOrButton(connection, name),
    names: () => [...plainKeyNames(connection), ...BUTTON_NAMES, ...KEY_CODES.map((code) => `code:${code}`)],
  };
}

function findKeyOrButton(connection: XConnection, name: string): KeysymPlace {
  const place = placeOf(name);
  if (place === null && !isButtonName(name)) return findKey(connection, name);
  const keycode = place === null ? codeOfButtonName(name) : keycodeAt(place);
  return keycode === null ? { found: 'unknown' } : { found: 'plain', keycode };
}
