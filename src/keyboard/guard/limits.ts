/**
 * Limits on what the guard holds, whatever the daemon asks for: how long, how often, and what is never held together.
 * Only decides; presses nothing and reads no clock.
 */
import { isHeld, keptApart, NONE_HELD, type HeldActions } from '../../core/action-set.js';
import type { KeyLimits, RefusalReason } from './protocol.js';

/** No limit on any of `count` keys. Which keys are never held together depends on the set of actions (key-limits.ts). */
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
  /** For each key, the times of its presses within the last second, oldest first. */
  readonly #pressedAtMs: readonly number[][];
  /** Keys that were held too long: they stay up until they are no longer wanted. */
  #overheld: HeldActions = NONE_HELD;

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
   * The part of `wanted` that may be down now.
   *
   * @param pressed what is down through the guard
   * @param refused called for each limit that keeps a key up
   */
  allowed(wanted: HeldActions, pressed: HeldActions, nowMs: number, refused: (refusal: Refusal) => void): HeldActions {
    const held = this.#withoutOverheld(wanted, nowMs);
    if (held !== wanted) refused({ reason: 'max-hold', keys: wanted & ~held });
    const apart = keptApart(held, pressed, this.#limits.forbidden);
    if (apart !== held) refused({ reason: 'forbidden', keys: held & ~apart });
    const paced = this.#paced(apart, pressed, nowMs);
    if (paced !== apart) refused({ reason: 'max-presses', keys: apart & ~paced });
    return paced;
  }

  /** When the first key that is down reaches its longest hold, ms; null where no key has such a limit. */
  nextEndMs(): number | null {
    let first: number | null = null;
    for (const [index, downAtMs] of this.#downAtMs.entries()) {
      const mostMs = this.#limits.maxHoldMs[index];
      if (downAtMs === null || mostMs === null) continue;
      first = Math.min(first ?? Number.POSITIVE_INFINITY, downAtMs + mostMs);
    }
    return first;
  }

  #withoutOverheld(wanted: HeldActions, nowMs: number): HeldActions {
    this.#overheld &= wanted;
    for (const [index, downAtMs] of this.#downAtMs.entries()) {
      const mostMs = this.#limits.maxHoldMs[index];
      if (downAtMs === null || mostMs === null || !isHeld(wanted, index)) continue;
      if (nowMs - downAtMs >= mostMs) this.#overheld |= 1 << index;
    }
    return wanted & ~this.#overheld;
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
