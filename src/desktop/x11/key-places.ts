/**
 * Where a key that is named by its place is on an X display, whatever the layout. Presses nothing.
 *
 * X servers for Linux number their keys as the kernel does, from 8 on (xkeyboard-config, keycodes/evdev); Chromium finds
 * its KeyboardEvent.code in the same way.
 */
import { KEY_PLACES } from '../../core/game-key.js';

const FIRST_KEYCODE = 8;

/** Every place that can be named, as in KeyboardEvent.code. */
export const KEY_CODES: readonly string[] = Object.keys(KEY_PLACES);

/** The keycode at a place; null for a name that no place has. @param code as in KeyboardEvent.code: "KeyX" */
export function keycodeAt(code: string): number | null {
  return Object.hasOwn(KEY_PLACES, code) ? KEY_PLACES[code] + FIRST_KEYCODE : null;
}
