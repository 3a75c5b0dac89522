/**
 * Whether the keys of an X display still mean what they were chosen for: a layout that is changed, a group that is
 * switched, or a modifier that is on makes other keys of them. Presses nothing and changes nothing.
 *
 * Asked of the keyboard of XTEST: its layout is what programs read when a key comes from it, and another keyboard may have
 * another. Xlib's own copy of the layout misses changes of it (libX11 1.8.4 is not told of a layout of the same keycodes).
 */
import type { NamedKey } from '../key-injector.js';
import { isButtonName, placeOf } from '../key-layout.js';
import type { KeyMeaning } from '../key-meaning.js';
import { EVENT_BYTES, type XConnection } from './connection.js';
import { keyboardState, keysymName, keysymOf, readPlainKeysyms, reportLayoutChanges } from './keysyms.js';
import { requireXInput2, xtestKeyboard } from './xinput2.js';
import { xlib } from './xlib.js';

/**
 * The modifiers that make another key of every key, by their bit in an X state (X.h), with the names of their keys. Shift
 * and the locks of capitals and numbers are left to the user: games are played with them.
 */
const MODIFIERS = [
  { bit: 1 << 2, name: 'Control', keys: /^Control_/ },
  { bit: 1 << 3, name: 'Alt', keys: /^(Alt|Meta)_/ },
  { bit: 1 << 6, name: 'Super', keys: /^(Super|Hyper)_/ },
  { bit: 1 << 7, name: 'AltGr', keys: /^(ISO_Level3_Shift|Mode_switch)$/ },
] as const;

export class X11KeyMeaning implements KeyMeaning {
  readonly #connection: XConnection;
  /** Those that were chosen by what they give: a key by its place and a mouse button stay what they are. */
  readonly #keys: readonly NamedKey[];
  /** Modifiers that the game does not use. */
  readonly #modifiers: readonly { readonly bit: number; readonly name: string }[];
  /** The keyboard of XTEST. */
  readonly #keyboardId: number | null;
  readonly #event = new Uint8Array(EVENT_BYTES);
  #group = -1;
  #moved: string | null = null;
  /** Whether the keys have meant what they were chosen for since this was opened. */
  #fitted = false;

  /**
   * @param connection is closed with this
   * @throws UnderstudyError `keyboard-failed` where the server has no X Input 2
   */
  constructor(connection: XConnection, keys: readonly NamedKey[]) {
    this.#connection = connection;
    this.#keys = keys.filter(({ name }) => placeOf(name) === null && !isButtonName(name));
    const names = keys.map(({ name, keycode }) =>
      placeOf(name) === null ? name : (keysymName(keysymOf(connection, keycode)) ?? name),
    );
    this.#modifiers = MODIFIERS.filter((modifier) => !names.some((name) => modifier.keys.test(name)));
    requireXInput2(connection);
    this.#keyboardId = xtestKeyboard(connection)?.id ?? null;
    reportLayoutChanges(connection, this.#keyboardId);
  }

  changedBecause(): string | null {
    const { group, modifiers } = keyboardState(this.#connection); // its round trip brings the events up to now
    if (this.#takeEvents() || group !== this.#group) {
      this.#group = group;
      this.#moved = this.#findMoved(group);
    }
    if (this.#moved !== null) return this.#moved;
    const on = this.#modifiers.filter(({ bit }) => (modifiers & bit) !== 0);
    if (on.length === 0) return null;
    return `${on.map(({ name }) => name).join(', ')} is on, with which the game's keys mean something else`;
  }

  [Symbol.dispose](): void {
    this.#connection.close();
  }

  /** @returns whether a layout was changed, or another keyboard is in use: no other events are asked for */
  #takeEvents(): boolean {
    let any = false;
    while (this.#connection.pollEvent(this.#event)) any = true;
    return any;
  }

  #findMoved(group: number): string | null {
    const keysymNow = readPlainKeysyms(this.#connection, this.#keyboardId);
    const moved = this.#keys.find(({ name, keycode }) => keysymNow(keycode, group) !== xlib().stringToKeysym(name));
    if (moved === undefined) {
      this.#fitted = true;
      return null;
    }
    const gives = `the key of '${moved.name}' gives '${keysymName(keysymNow(moved.keycode, group)) ?? 'nothing'}'`;
    return this.#fitted
      ? `the keyboard layout was changed: ${gives} (switch it back, or start again with other --keys)`
      : `programs press on a keyboard of another layout than yours: there, ${gives} (give all keyboards one layout: setxkbmap <layout>)`;
  }
}
