/**
 * Bounds on what the guard holds, whatever the daemon asks for: how long, how often, and what never together. Decides
 * only; presses nothing and reads no clock of its own.
 */
import { NONE_HELD, isHeld, type HeldActions } from '../../core/action-set.js';
import type { KeyLimits, RefusalReason } from './protocol.js';

/** No bound on any of `count` keys: what may not be together is known by the set of actions alone (key-limits.ts). */
export function unlimited(count: number): KeyLimits {
  return {
    maxHoldMs: Array<null>(count).fill(null),
    maxPressesPerSecond: Array<null>(count).fill(null),
    forbidden: [],
  };
}

/** The span over which presses are counted, ms. */
const SECOND_MS = 1000;

export interface Refusal {
  readonly reason: RefusalReason;
  readonly keys: HeldActions;
}

export class LimitedKeys {
  readonly #limits: KeyLimits;
  /** When each key went down, ms; null while it is up. */
  readonly #downAtMs: (number | null)[];
  /** Times of presses within the last second, oldest first, a key. */
  readonly #pressedAtMs: readonly number[][];
  /** Held too long: up until it is no longer wanted. */
  #tired: HeldActions = NONE_HELD;

  constructor(limits: KeyLimits) {
    this.#limits = limits;
    this.#downAtMs = limits.maxHoldMs.map(() => null);
    this.#pressedAtMs = limits.maxPressesPerSecond.map(() => []);
  }

  /** Key `index` went down or up. */
  note(index: number, down: boolean, nowMs: number): void {
    this.#downAtMs[index] = down ? nowMs : null;
    if (down && this.#limits.maxPressesPerSecond[index] !== null) this.#pressedAtMs[index].push(nowMs);
  }

  /**
   * What of `wanted` may be down now.
   *
   * @param pressed what is down through the guard
   * @param refused told for each bound that keeps something up
   */
  allowed(wanted: HeldActions, pressed: HeldActions, nowMs: number, refused: (refusal: Refusal) => void): HeldActions {
    const held = this.#rested(wanted, nowMs);
    if (held !== wanted) refused({ reason: 'max-hold', keys: wanted & ~held });
    const apart = this.#keptApart(held, pressed);
    if (apart !== held) refused({ reason: 'forbidden', keys: held & ~apart });
    const paced = this.#paced(apart, pressed, nowMs);
    if (paced !== apart) refused({ reason: 'max-presses', keys: apart & ~paced });
    return paced;
  }

  /** When the first of the keys that are down will have been so for too long, ms; null where none will. */
  nextEndMs(): number | null {
    let first: number | null = null;
    for (const [index, downAtMs] of this.#downAtMs.entries()) {
      const mostMs = this.#limits.maxHoldMs[index];
      if (downAtMs === null || mostMs === null) continue;
      first = Math.min(first ?? Number.POSITIVE_INFINITY, downAtMs + mostMs);
    }
    return first;
  }

  #rested(wanted: HeldActions, nowMs: number): HeldActions {
    this.#tired &= wanted;
    for (const [index, downAtMs] of this.#downAtMs.entries()) {
      const mostMs = this.#limits.maxHoldMs[index];
      if (downAtMs === null || mostMs === null || !isHeld(wanted, index)) continue;
      if (nowMs - downAtMs >= mostMs) this.#tired |= 1 << index;
    }
    return wanted & ~this.#tired;
  }

  /** What is down already stays; what would complete a forbidden set does not go down. */
  #keptApart(wanted: HeldActions, pressed: HeldActions): HeldActions {
    let kept = wanted;
    for (const set of this.#limits.forbidden) if ((kept & set) === set) kept &= ~(set & ~pressed);
    return kept;
  }

  #paced(wanted: HeldActions, pressed: HeldActions, nowMs: number): HeldActions {
    let paced = wanted;
    for (const [index, times] of this.#pressedAtMs.entries()) {
      const most = this.#limits.maxPressesPerSecond[index];
      if (most === null || !isHeld(wanted & ~pressed, index)) continue;
      while (times.length > 0 && nowMs - times[0] >= SECOND_MS) times.shift();
      if (times.length >= most) paced &= ~(1 << index);
    }
    return paced;
  }
}
