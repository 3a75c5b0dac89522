/** The keyboard layout that key names are looked up in. A key is named by its keysym: "z", "space", "Up", "Control_L". */

/** What a layout says about one key name. */
export type KeysymPlace =
  | { readonly found: 'plain'; readonly keycode: number }
  /** The key exists, but only together with a modifier, such as "F" with Shift; `plainName` is the key without it. */
  | { readonly found: 'with-modifier'; readonly plainName: string | null }
  /** The name is valid, but no key of this layout has it. */
  | { readonly found: 'nowhere' }
  /** No keysym has this name. */
  | { readonly found: 'unknown' };

/** A layout that can be asked. Its keycodes are X's (8..255) or, where there is no X server, its own numbers. */
export interface KeyLayout {
  /** For messages: "the keyboard layout of the display ':0'". */
  readonly title: string;
  /** Where the key of this name is. */
  find(name: string): KeysymPlace;
  /** Names of all keys that need no modifier, for near matches. */
  names(): readonly string[];
}
