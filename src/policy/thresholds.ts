/**
 * Probabilities -> held actions: each action has a probability at which it is pressed and a lower one below which it is
 * released, opposing directions are never held together, and no press or pause is too short for a game to see.
 */
import { isHeld, NONE_HELD, type ActionSet, type HeldActions } from '../core/action-set.js';
import type { ActGate } from './act-gate.js';

/** When one action is pressed and released: 0 < release <= press <= 1. */
export interface Threshold {
  /** Pressed at this probability or above. */
  readonly press: number;
  /** Released below this probability. */
  readonly release: number;
}

/** Thresholds by action; an action that a model does not know has none. */
export type Thresholds = Readonly<Partial<Record<string, Threshold>>>;

/** How far `release` is below `press` where only one number is given: enough that noise does not make keys flicker. */
const DEFAULT_HYSTERESIS = 0.05;

/** The threshold that a single number stands for. */
export function thresholdAt(press: number): Threshold {
  return { press, release: Math.max(press - DEFAULT_HYSTERESIS, press / 2) };
}

/** True where 0 < release <= press <= 1. */
export function isThresholdValid({ press, release }: Threshold): boolean {
  return release > 0 && release <= press && press <= 1;
}

/** Options of a {@link ThresholdGate}. */
export interface ThresholdGateOptions {
  /** The actions to decide on; their opposing pairs are never held together. */
  readonly actions: ActionSet;
  /** An action without one is never held. */
  readonly thresholds: Thresholds;
  /** A pressed action stays pressed at least this long, ms: a shorter tap may fall between two steps of the game. */
  readonly minHoldMs: number;
  /** A released action stays released at least this long, ms: a game may not see a new press after a shorter gap. */
  readonly minGapMs: number;
}

/** Decides what is held, also by what was held before. */
export class ThresholdGate implements ActGate {
  readonly #options: ThresholdGateOptions;
  readonly #press: Float64Array; // [K]
  readonly #release: Float64Array; // [K]
  readonly #changedAtMs: Float64Array; // [K]
  #held: HeldActions = NONE_HELD;

  constructor(options: ThresholdGateOptions) {
    const { actions, thresholds } = options;
    this.#options = options;
    this.#press = new Float64Array(actions.count).fill(Infinity);
    this.#release = new Float64Array(actions.count).fill(Infinity);
    this.#changedAtMs = new Float64Array(actions.count);
    for (const [index, action] of actions.names.entries()) {
      const threshold = thresholds[action];
      if (threshold === undefined) continue;
      if (!isThresholdValid(threshold))
        throw new Error(`${action}: press ${threshold.press}, release ${threshold.release}`);
      this.#press[index] = threshold.press;
      this.#release[index] = threshold.release;
    }
    this.reset();
  }

  /** Releases everything and forgets the times of changes. */
  reset(): void {
    this.#held = NONE_HELD;
    this.#changedAtMs.fill(-Infinity);
  }

  /**
   * Decides what to hold now.
   *
   * @param probabilities [K] in the order of the gate's actions, 0..1
   * @param nowMs monotonic, not earlier than in the call before
   */
  decide(probabilities: Float32Array, nowMs: number): HeldActions {
    const { count, opposing } = this.#options.actions;
    let wanted = NONE_HELD;
    for (let index = 0; index < count; index += 1) {
      if (this.#wants(index, probabilities[index], nowMs)) wanted |= 1 << index;
    }
    for (const [one, other] of opposing) wanted &= ~this.#dropped(one, other, wanted, probabilities, nowMs);
    const changed = wanted ^ this.#held;
    for (let index = 0; index < count; index += 1) {
      if (isHeld(changed, index)) this.#changedAtMs[index] = nowMs;
    }
    this.#held = wanted;
    return wanted;
  }

  #wants(index: number, probability: number, nowMs: number): boolean {
    const sinceMs = nowMs - this.#changedAtMs[index];
    if (!isHeld(this.#held, index)) return probability >= this.#press[index] && sinceMs >= this.#options.minGapMs;
    return probability >= this.#release[index] || sinceMs < this.#options.minHoldMs;
  }

  /**
   * The bits to drop where two opposing directions are both wanted: the less probable one; both where they are equal. A
   * direction still in its minimal hold stays, and the other one waits.
   */
  #dropped(one: number, other: number, wanted: HeldActions, probabilities: Float32Array, nowMs: number): HeldActions {
    if (!isHeld(wanted, one) || !isHeld(wanted, other)) return NONE_HELD;
    if (this.#isLocked(one, nowMs)) return 1 << other;
    if (this.#isLocked(other, nowMs)) return 1 << one;
    if (probabilities[one] > probabilities[other]) return 1 << other;
    if (probabilities[other] > probabilities[one]) return 1 << one;
    return (1 << one) | (1 << other);
  }

  #isLocked(index: number, nowMs: number): boolean {
    return isHeld(this.#held, index) && nowMs - this.#changedAtMs[index] < this.#options.minHoldMs;
  }
}
