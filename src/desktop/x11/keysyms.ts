/**
 * Key names on the layout of an X display: keysym name -> keycode, and back. Xlib reads the keys' symbols once for each
 * connection: after the layout was edited, a new connection is needed (a switch between its groups is noticed). Presses
 * nothing.
 */
import type { KeyLayout, KeysymPlace } from '../key-layout.js';
import type { XConnection } from './connection.js';
import { xlib } from './xlib.js';

/** Shift levels that are searched for a key that needs a modifier: none, Shift, AltGr, AltGr + Shift. */
const LEVELS = 4;

/** XkbUseCoreKbd: the master keyboard. */
const CORE_KEYBOARD = 0x0100;

/** The layout group in use (0..3), for keyboards that switch between several. */
function currentGroup(connection: XConnection): number {
  const state = new Uint8Array(32); // XkbStateRec: the first byte is the effective group
  const status = connection.trapReply(() => xlib().keyboardState(connection.display, CORE_KEYBOARD, state));
  return status === 0 ? state[0] : 0;
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
    find: (name) => findKey(connection, name),
    names: () => plainKeyNames(connection),
  };
}
