/**
 * Which keys a person holds: turns the key events of a display's keyboards into the set of mapped keys in a person's
 * hands, and into hot keys. A key counts as a person's unless XTEST sent it. A hot key counts from any source, since
 * the guard itself never presses one. Presses nothing.
 */
import { NONE_HELD, type HeldActions } from '../../core/action-set.js';
import type { NamedKey } from '../../desktop/key-injector.js';
import type { Hello, HotKey, HotKeyName } from './protocol.js';

/** One key of a display going down or up. */
export interface SeenKey {
  readonly keycode: number;
  readonly down: boolean;
  /** True where a program sent it, through XTEST. */
  readonly synthetic: boolean;
  readonly device: string;
  /** On the clock of the messages, ms. */
  readonly atMs: number;
}

export interface HandsListener {
  /** The set of mapped keys in a person's hands has changed. @param pressed those that just went down */
  onHands(hands: HeldActions, pressed: HeldActions, atMs: number): void;
  /** The modifiers in a person's hands have changed. @param pressed the one that just went down, or null */
  onModifiers(names: readonly string[], pressed: string | null, atMs: number): void;
  onHotKey(is: HotKeyName, name: string, atMs: number): void;
}

/** Stands for the unknown keyboard of a key that went down before the watch began. */
const UNKNOWN_DEVICE = '';

export class Hands {
  readonly #keycodes: readonly number[];
  readonly #hotKeys: readonly HotKey[];
  readonly #listener: HandsListener;
  /** Devices that hold a mapped key, by the key's index: two keyboards may hold the same key. */
  readonly #holders = new Map<number, Set<string>>();
  readonly #modifiers: readonly NamedKey[];
  /** Keycodes of the modifiers in a person's hands. */
  readonly #modifiersDown = new Set<number>();

  constructor({ keys, watch }: Pick<Hello, 'keys' | 'watch'>, listener: HandsListener) {
    this.#keycodes = keys.map((key) => key.keycode);
    this.#hotKeys = watch?.hotKeys ?? [];
    this.#modifiers = watch?.modifiers ?? [];
    this.#listener = listener;
  }

  /** The mapped keys in a person's hands. */
  get held(): HeldActions {
    let held = NONE_HELD;
    for (const [index, holders] of this.#holders) if (holders.size > 0) held |= 1 << index;
    return held;
  }

  /** Names of the modifiers in a person's hands. */
  get modifiers(): string[] {
    return this.#modifiers.filter(({ keycode }) => this.#modifiersDown.has(keycode)).map(({ name }) => name);
  }

  see({ keycode, down, synthetic, device, atMs }: SeenKey): void {
    if (!synthetic) this.#seeModifier(keycode, down, atMs);
    const hotKey = this.#hotKeys.find((key) => key.keycode === keycode);
    if (hotKey !== undefined && down) this.#listener.onHotKey(hotKey.is, hotKey.name, atMs);
    const index = this.#keycodes.indexOf(keycode);
    if (index === -1 || synthetic) return;
    const holders = this.#holders.get(index) ?? new Set();
    this.#holders.set(index, holders);
    if (holders.delete(UNKNOWN_DEVICE) || down) holders.add(device);
    if (!down) holders.delete(device);
    this.#listener.onHands(this.held, down ? 1 << index : NONE_HELD, atMs);
  }

  #seeModifier(keycode: number, down: boolean, atMs: number): void {
    const modifier = this.#modifiers.find((key) => key.keycode === keycode);
    if (modifier === undefined || this.#modifiersDown.has(keycode) === down) return;
    if (down) this.#modifiersDown.add(keycode);
    else this.#modifiersDown.delete(keycode);
    this.#listener.onModifiers(this.modifiers, down ? modifier.name : null, atMs);
  }

  /**
   * Corrects the held keys from the state of the keyboards: for keys that went down before the watch began, and for a
   * keyboard that was unplugged while it held one.
   */
  correct(keycodesInHands: readonly number[], atMs: number): void {
    const before = this.held;
    const inHands = new Set(keycodesInHands);
    for (const [index, keycode] of this.#keycodes.entries()) {
      const holders = this.#holders.get(index);
      if (!inHands.has(keycode)) holders?.clear();
      else if (holders === undefined || holders.size === 0) this.#holders.set(index, new Set([UNKNOWN_DEVICE]));
    }
    if (this.held !== before) this.#listener.onHands(this.held, this.held & ~before, atMs);
    for (const { keycode } of this.#modifiers) this.#seeModifier(keycode, inHands.has(keycode), atMs);
  }
}
