/**
 * Probabilities -> held actions: each action has a probability at which it is pressed and a lower one at which it is
 * let go, opposing directions are never held together, and no press or pause is shorter than a game can see.
 */
import { ACTION_COUNT, ACTIONS, isActionName, isHeld, NONE_HELD } from '../core/actions.js';
import type { ActionName, HeldActions } from '../core/actions.js';
import { UnderstudyError } from '../core/errors.js';

/** When one action is pressed and let go: 0 < release <= press <= 1. */
export interface Threshold {
  /** Pressed at this probability or above. */
  readonly press: number;
  /** Let go below this one. */
  readonly release: number;
}

/** Thresholds by action; an action that a model does not know has none. */
export type Thresholds = Readonly<Partial<Record<ActionName, Threshold>>>;

/** How far below `press` the release lies where only one number is given: enough to keep noise from chattering. */
const DEFAULT_HYSTERESIS = 0.05;

/** Directions that cancel each other. */
const OPPOSING: readonly (readonly [number, number])[] = [
  [ACTIONS.indexOf('LEFT'), ACTIONS.indexOf('RIGHT')],
  [ACTIONS.indexOf('UP'), ACTIONS.indexOf('DOWN')],
];

/** The threshold that a single number stands for. */
export function thresholdAt(press: number): Threshold {
  return { press, release: Math.max(press - DEFAULT_HYSTERESIS, press / 2) };
}

/** True where a threshold's numbers are in order. */
export function isThresholdValid({ press, release }: Threshold): boolean {
  return release > 0 && release <= press && press <= 1;
}

/**
 * Reads `JUMP=0.4` or `JUMP=0.4/0.3` (press at, release below).
 *
 * @throws UnderstudyError 'unknown-action', 'bad-threshold'
 */
export function parseThreshold(text: string): { readonly action: ActionName; readonly threshold: Threshold } {
  const [name, numbers, ...rest] = text.split('=');
  const action = name.trim().toUpperCase();
  if (!isActionName(action)) {
    throw new UnderstudyError({
      kind: 'usage',
      code: 'unknown-action',
      message: `--threshold ${text}: there is no action '${name}'`,
      next: `name one of ${ACTIONS.join(', ')}, as in JUMP=0.4`,
    });
  }
  const parts = (numbers ?? '').split('/').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  const threshold = parts.length === 1 ? thresholdAt(parts[0]) : { press: parts[0], release: parts[1] };
  if (rest.length > 0 || parts.length > 2 || !isThresholdValid(threshold)) {
    throw new UnderstudyError({
      kind: 'usage',
      code: 'bad-threshold',
      message: `--threshold ${text}: expected a press and a release probability with 0 < release <= press <= 1`,
      next: `write it as ${action}=0.4 or ${action}=0.4/0.3`,
    });
  }
  return { action, threshold };
}

/** Options of a {@link ThresholdGate}. */
export interface ThresholdGateOptions {
  readonly thresholds: Thresholds;
  /** An action once pressed stays pressed at least this long, ms: a shorter tap may fall between two game steps. */
  readonly minHoldMs: number;
  /** An action once let go stays so at least this long, ms: a shorter gap is no new press to a game. */
  readonly minGapMs: number;
}

/** Decides what is held, remembering what was. */
export class ThresholdGate {
  readonly #press = new Float64Array(ACTION_COUNT).fill(Infinity);
  readonly #release = new Float64Array(ACTION_COUNT).fill(Infinity);
  readonly #changedAtMs = new Float64Array(ACTION_COUNT);
  readonly #minHoldMs: number;
  readonly #minGapMs: number;
  #held: HeldActions = NONE_HELD;

  constructor(options: ThresholdGateOptions) {
    this.#minHoldMs = options.minHoldMs;
    this.#minGapMs = options.minGapMs;
    for (const [index, action] of ACTIONS.entries()) {
      const threshold = options.thresholds[action];
      if (threshold === undefined) continue;
      if (!isThresholdValid(threshold))
        throw new Error(`${action}: press ${threshold.press}, release ${threshold.release}`);
      this.#press[index] = threshold.press;
      this.#release[index] = threshold.release;
    }
    this.reset();
  }

  /** Lets go of everything and forgets when it changed. */
  reset(): void {
    this.#held = NONE_HELD;
    this.#changedAtMs.fill(-Infinity);
  }

  /**
   * What to hold now.
   *
   * @param probabilities [K] in the order of ACTIONS, 0..1
   * @param nowMs monotonic, not before the last call's
   */
  decide(probabilities: Float32Array, nowMs: number): HeldActions {
    let wanted = NONE_HELD;
    for (let index = 0; index < ACTION_COUNT; index += 1) {
      if (this.#wants(index, probabilities[index], nowMs)) wanted |= 1 << index;
    }
    for (const [one, other] of OPPOSING) wanted &= ~this.#loser(one, other, wanted, probabilities, nowMs);
    const changed = wanted ^ this.#held;
    for (let index = 0; index < ACTION_COUNT; index += 1) {
      if (isHeld(changed, index)) this.#changedAtMs[index] = nowMs;
    }
    this.#held = wanted;
    return wanted;
  }

  #wants(index: number, probability: number, nowMs: number): boolean {
    const sinceMs = nowMs - this.#changedAtMs[index];
    if (!isHeld(this.#held, index)) return probability >= this.#press[index] && sinceMs >= this.#minGapMs;
    return probability >= this.#release[index] || sinceMs < this.#minHoldMs;
  }

  /**
   * The bits to drop of two directions that are both wanted: the less probable one, both in a tie. A direction still
   * in its minimal hold stays, and the other waits.
   */
  #loser(one: number, other: number, wanted: HeldActions, probabilities: Float32Array, nowMs: number): HeldActions {
    if (!isHeld(wanted, one) || !isHeld(wanted, other)) return NONE_HELD;
    if (this.#isLocked(one, nowMs)) return 1 << other;
    if (this.#isLocked(other, nowMs)) return 1 << one;
    if (probabilities[one] > probabilities[other]) return 1 << other;
    if (probabilities[other] > probabilities[one]) return 1 << one;
    return (1 << one) | (1 << other);
  }

  #isLocked(index: number, nowMs: number): boolean {
    return isHeld(this.#held, index) && nowMs - this.#changedAtMs[index] < this.#minHoldMs;
  }
}
