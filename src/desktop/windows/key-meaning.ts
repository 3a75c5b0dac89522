/** Whether the keys of Windows still mean what they were chosen for. Presses nothing and changes nothing. */
import type { NamedKey } from '../key-injector.js';
import { isButtonName, placeOf } from '../key-layout.js';
import type { KeyMeaning } from '../key-meaning.js';
import { NAMED_PLACES } from './key-places.js';
import { isDown } from './key-state.js';
import { currentLayout, nameOfKey, windowsLayout, type LayoutHandle } from './layout.js';

/** The modifiers that make another key of every key. Shift is left to the user: games are played with it. */
const MODIFIERS = ['Control_L', 'Control_R', 'Alt_L', 'Alt_R', 'Super_L', 'Super_R'] as const;

export class WindowsKeyMeaning implements KeyMeaning {
  /** Those that were chosen by what they write. */
  readonly #keys: readonly NamedKey[];
  readonly #modifiers: readonly string[];
  #layout: LayoutHandle | null = null;
  #moved: string | null = null;

  constructor(keys: readonly NamedKey[]) {
    this.#keys = keys.filter(({ name }) => placeOf(name) === null && !isButtonName(name));
    const used = new Set(keys.map(({ keycode }) => keycode));
    this.#modifiers = MODIFIERS.filter((name) => !used.has(NAMED_PLACES.get(name)!));
  }

  changedBecause(): string | null {
    const layout = currentLayout();
    if (layout !== this.#layout) {
      this.#layout = layout;
      this.#moved = this.#findMoved(layout);
    }
    if (this.#moved !== null) return this.#moved;
    const on = this.#modifiers.filter((name) => isDown(NAMED_PLACES.get(name)!, layout));
    return on.length === 0 ? null : `${on.join(', ')} is on, with which the game's keys mean something else`;
  }

  [Symbol.dispose](): void {
    // nothing to close
  }

  #findMoved(layout: LayoutHandle): string | null {
    const now = windowsLayout(layout);
    const moved = this.#keys.find(({ name, keycode }) => {
      const place = now.find(name);
      return place.found !== 'plain' || place.keycode !== keycode;
    });
    if (moved === undefined) return null;
    const gives = nameOfKey(moved.keycode, layout) ?? 'nothing';
    return `the keyboard layout was changed: the key of '${moved.name}' gives '${gives}' (switch it back, or start again with other --keys)`;
  }
}
