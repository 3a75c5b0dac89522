/**
 * The keys that the guard holds: turns wanted sets into edges, releases before presses, and counts every edge sent.
 * Knows no time and no pipe. Never presses a key that is already down by other means, and never releases a key that a
 * person holds: that release is owed, and is sent once the person's own release has been seen (a key has one state for
 * each master keyboard, and an XTEST device that still holds a key swallows its next press).
 */
import { NONE_HELD, isHeld, type HeldActions } from '../../core/action-set.js';
import type { KeyInjector } from '../../desktop/key-injector.js';
import { LimitedKeys, type Refusal } from './limits.js';
import type { KeyLimits } from './protocol.js';

export interface HeldKeysOptions {
  /** Stamps the edges, ms. */
  readonly nowMs: () => number;
  readonly limits: KeyLimits;
  /** A limit keeps wanted keys up; called at each attempt. */
  readonly onRefused?: (refusal: Refusal) => void;
}

export class HeldKeys {
  readonly #injector: KeyInjector;
  readonly #nowMs: () => number;
  readonly #limits: LimitedKeys;
  readonly #onRefused: (refusal: Refusal) => void;
  #wanted: HeldActions = NONE_HELD;
  #pressed: HeldActions = NONE_HELD;
  #refused: HeldActions = NONE_HELD;
  #hands: HeldActions = NONE_HELD;
  #edges = 0;
  #lastEdgeAtMs = 0;

  constructor(injector: KeyInjector, { nowMs, limits, onRefused = () => {} }: HeldKeysOptions) {
    this.#injector = injector;
    this.#nowMs = nowMs;
    this.#limits = new LimitedKeys(limits);
    this.#onRefused = onRefused;
  }

  /** The last wanted set without what a limit refused. Includes keys that a person holds: they are pressed when that ends. */
  get wanted(): HeldActions {
    return this.#wanted & ~this.#refused;
  }

  /** What this has pressed and not released, including {@link owed}. */
  get pressed(): HeldActions {
    return this.#pressed;
  }

  /** Pressed by this, no longer wanted, and in a person's hand: released after the person releases it. */
  get owed(): HeldActions {
    return this.#pressed & ~this.#wanted & this.#hands;
  }

  /** The mapped keys in a person's hands, as last passed to {@link handsHold}. */
  get hands(): HeldActions {
    return this.#hands;
  }

  /** Presses and releases sent. */
  get edges(): number {
    return this.#edges;
  }

  /** When the last of them was sent; 0 before the first. */
  get lastEdgeAtMs(): number {
    return this.#lastEdgeAtMs;
  }

  /** When the first key that is down reaches its longest hold, ms; null where no key has such a limit. */
  nextEndMs(): number | null {
    return this.#limits.nextEndMs();
  }

  /** Releases what an earlier guard left down (a double kill). */
  clearLeftovers(): void {
    const left = this.#injector.downThroughThis() ?? NONE_HELD;
    this.#pressed |= left;
    this.#send(left & ~this.#hands, false);
  }

  /**
   * A person holds these keys now. A key that the person just released is released by this as well: the server already
   * has it up, and if it is still wanted, it must be pressed again.
   */
  handsHold(hands: HeldActions): void {
    const left = this.#hands & ~hands;
    this.#hands = hands;
    this.#send(this.#pressed & left, false);
  }

  /** Holds exactly `wanted` from now on. Throws what the injector throws; {@link release} can still be called then. */
  hold(wanted: HeldActions): void {
    this.#wanted = wanted;
    const allowed = this.#allow(wanted);
    this.#send(this.#pressed & ~allowed & ~this.#hands, false);
    const toPress = this.#inReach(allowed & ~this.#pressed);
    if (toPress === NONE_HELD) return;
    this.#send(toPress & ~(this.#injector.downNow() ?? NONE_HELD), true);
  }

  /** Presses wanted keys that have become free, and releases those that were held for too long; changes nothing else. */
  holdAgain(): void {
    if (this.#wanted !== NONE_HELD) this.hold(this.#wanted);
  }

  /**
   * Releases everything except keys in a person's hand, whose release is owed then. A key that fails does not stop the
   * others; its error is thrown at the end.
   *
   * @returns what was released
   */
  release(): HeldActions {
    this.#wanted = NONE_HELD;
    this.#refused = NONE_HELD;
    const released = this.#pressed & ~this.#hands;
    this.#send(released, false);
    return released;
  }

  #allow(wanted: HeldActions): HeldActions {
    let refused = NONE_HELD;
    const allowed = this.#limits.allowed(wanted, this.#pressed, this.#nowMs(), (refusal) => {
      refused |= refusal.keys;
      this.#onRefused(refusal);
    });
    this.#refused = refused;
    return allowed;
  }

  /** The keys without those whose press would reach something else than the game; a later {@link holdAgain} presses them. */
  #inReach(keys: HeldActions): HeldActions {
    const outside = this.#injector.outOfReach(keys);
    if (outside === NONE_HELD) return keys;
    this.#refused |= outside;
    this.#onRefused({ reason: 'pointer-outside', keys: outside });
    return keys & ~outside;
  }

  #send(keys: HeldActions, down: boolean): void {
    const failures: unknown[] = [];
    for (let index = 0; keys >> index !== 0; index += 1) {
      if (!isHeld(keys, index)) continue;
      const bit = 1 << index;
      try {
        this.#pressed |= bit; // before the call: a press that throws half-way must still be released
        this.#injector.send(index, down);
        if (!down) this.#pressed &= ~bit;
        this.#edges += 1;
        this.#lastEdgeAtMs = this.#nowMs();
        this.#limits.note(index, down, this.#lastEdgeAtMs);
      } catch (error) {
        failures.push(error);
        if (down) break;
      }
    }
    if (failures.length > 0) throw failures[0];
  }
}
