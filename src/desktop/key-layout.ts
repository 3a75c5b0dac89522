/**
 * The keyboard layout that key names are looked up in. A key is named by its keysym ("z", "space", "Up", "Control_L") or
 * by its place on the keyboard ("code:KeyX"); a mouse button is a key with one of three names.
 */

/** True for the name of a mouse button, known or not: its press reaches the window under the pointer. */
export function isButtonName(name: string | null): boolean {
  return name?.startsWith('mouse:') ?? false;
}

const PLACE = /^code:(.*)$/;

/** The place that a name means, as the web's KeyboardEvent.code has it: "KeyX" for "code:KeyX"; null for other names. */
export function placeOf(name: string): string | null {
  return PLACE.exec(name)?.[1] ?? null;
}

/** What a layout says about one key name. */
export type KeysymPlace =
  | { readonly found: 'plain'; readonly keycode: number }
  /** The key exists, but only together with a modifier, such as "F" with Shift; `plainName` is the key without it. */
  | { readonly found: 'with-modifier'; readonly plainName: string | null }
  /** The name is valid, but no key of this layout has it. */
  | { readonly found: 'nowhere' }
  /** A mouse button or a place, which this way of pressing cannot press; `why` is a clause for people. */
  | { readonly found: 'unsupported'; readonly why: string }
  /** No key has this name. */
  | { readonly found: 'unknown' };

/** A layout that can be asked. Its keycodes are X's (8..255) or, where there is no X server, its own numbers. */
export interface KeyLayout {
  /** For messages: "the keyboard layout of the display ':0'". */
  readonly title: string;
  /** Where the key of this name is. */
  find(name: string): KeysymPlace;
  /** Names of all keys that need no modifier, by keysym and by place, and of the mouse buttons, for near matches. */
  names(): readonly string[];
}
