/** How probabilities become held actions: by thresholds, or drawn. Never presses anything: it only says what to hold. */
import { isHeld, NONE_HELD, type ActionSet, type HeldActions } from '../core/action-set.js';
import { Random } from '../core/random.js';

/**
 * - `threshold`: an action is held from its press threshold on until it falls below its release threshold.
 * - `sample`: an action is held with its probability, drawn again each period. A model that is unsure keeps moving instead
 *   of holding nothing, and presses as often as the person did; where keys are held long, it releases them too early.
 */
export const ACTS = ['threshold', 'sample'] as const;
export type Act = (typeof ACTS)[number];

/** Decides on each picture's probabilities; it may remember what it decided before. */
export interface ActGate {
  /**
   * @param probabilities [K] in the order of the gate's actions, 0..1
   * @param nowMs monotonic, not earlier than in the call before
   */
  decide(probabilities: Float32Array, nowMs: number): HeldActions;
  /** Releases everything and forgets what was held. */
  reset(): void;
}

export interface SampleGateOptions {
  readonly actions: ActionSet;
  /** Actions that are never held. */
  readonly never: (action: string) => boolean;
  /** A draw stands this long, ms: a period of the bundle's fps, also at higher rates. */
  readonly periodMs: number;
  readonly seed: number;
}

/** Ticks come up to a few ms early or late; a draw is due a little before its period has passed. */
const DUE_AFTER_PERIODS = 0.9;

export class SampleGate implements ActGate {
  readonly #options: SampleGateOptions;
  readonly #random: Random;
  readonly #mayHold: readonly boolean[]; // [K]
  #held: HeldActions = NONE_HELD;
  #drawnAtMs = -Infinity;

  constructor(options: SampleGateOptions) {
    this.#options = options;
    this.#random = new Random(options.seed);
    this.#mayHold = options.actions.names.map((name) => !options.never(name));
  }

  /** The draws continue where they were: two fights of one run are not the same. */
  reset(): void {
    this.#held = NONE_HELD;
    this.#drawnAtMs = -Infinity;
  }

  decide(probabilities: Float32Array, nowMs: number): HeldActions {
    const { actions, periodMs } = this.#options;
    if (nowMs - this.#drawnAtMs < DUE_AFTER_PERIODS * periodMs) return this.#held;
    let held = NONE_HELD;
    for (let index = 0; index < actions.count; index += 1) {
      const draw = this.#random.next(); // one for each action, so that unmapped ones do not shift the others' draws
      if (this.#mayHold[index] && draw < probabilities[index]) held |= 1 << index;
    }
    for (const [one, other] of actions.opposing) {
      if (!isHeld(held, one) || !isHeld(held, other)) continue;
      held &= ~(1 << (probabilities[one] > probabilities[other] ? other : one));
    }
    this.#held = held;
    this.#drawnAtMs = nowMs;
    return held;
  }
}
