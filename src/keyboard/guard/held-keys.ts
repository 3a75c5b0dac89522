/**
 * What the guard holds: turns wanted sets into edges, releases before presses, and counts every edge sent. Knows no
 * time and no pipe; never presses a key that somebody else already holds.
 */
import { ACTION_COUNT, NONE_HELD, isHeld, type HeldActions } from '../../core/actions.js';
import type { KeyInjector } from './injector.js';

export class HeldKeys {
  readonly #injector: KeyInjector;
  readonly #nowMs: () => number;
  #wanted: HeldActions = NONE_HELD;
  #pressed: HeldActions = NONE_HELD;
  #edges = 0;
  #lastEdgeAtMs = 0;

  /** @param nowMs stamps the edges, ms */
  constructor(injector: KeyInjector, nowMs: () => number) {
    this.#injector = injector;
    this.#nowMs = nowMs;
  }

  /** What was asked for last. Includes keys that a person holds at the moment, which are pressed when that ends. */
  get wanted(): HeldActions {
    return this.#wanted;
  }

  /** What this pressed and has not released. */
  get pressed(): HeldActions {
    return this.#pressed;
  }

  /** Presses and releases sent. */
  get edges(): number {
    return this.#edges;
  }

  /** When the last of them was sent; 0 before the first. */
  get lastEdgeAtMs(): number {
    return this.#lastEdgeAtMs;
  }

  /** Lets go of what an earlier guard left down (a double kill). */
  clearLeftovers(): void {
    const left = this.#injector.downThroughThis() ?? NONE_HELD;
    this.#send(left, false);
  }

  /** Makes `wanted` what is held. Throws what the injector throws; {@link release} can still be called then. */
  hold(wanted: HeldActions): void {
    this.#wanted = wanted;
    this.#send(this.#pressed & ~wanted, false);
    const toPress = wanted & ~this.#pressed;
    if (toPress === NONE_HELD) return;
    this.#send(toPress & ~(this.#injector.downNow() ?? NONE_HELD), true);
  }

  /** Presses what became free since; changes nothing else. */
  holdOn(): void {
    if (this.#wanted !== this.#pressed) this.hold(this.#wanted);
  }

  /**
   * Lets go of everything. Goes on past a key that fails, and throws its error at the end.
   *
   * @returns what was let go of
   */
  release(): HeldActions {
    const released = this.#pressed;
    this.#wanted = NONE_HELD;
    this.#send(released, false);
    return released;
  }

  #send(keys: HeldActions, down: boolean): void {
    const failures: unknown[] = [];
    for (let index = 0; index < ACTION_COUNT; index += 1) {
      if (!isHeld(keys, index)) continue;
      const bit = 1 << index;
      try {
        this.#pressed |= bit; // before the call: a press that throws half way must still be released
        this.#injector.send(index, down);
        if (!down) this.#pressed &= ~bit;
        this.#edges += 1;
        this.#lastEdgeAtMs = this.#nowMs();
      } catch (error) {
        failures.push(error);
        if (down) break;
      }
    }
    if (failures.length > 0) throw failures[0];
  }
}
