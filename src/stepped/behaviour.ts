/**
 * How an agent acts while it practises: each action is held with a probability of its own (independent Bernoulli draws). They
 * are close to what plays afterwards. Of a bundle that plays by thresholds they are the head's probabilities, moved so that the
 * press threshold lies at one half, and sharpened; a bundle that draws its keys plays by the probabilities as they are.
 */
import { isHeld, NONE_HELD, type ActionSet, type HeldActions } from '../core/action-set.js';
import { Random } from '../core/random.js';
import type { ActGate } from '../policy/act-gate.js';
import type { BundleManifest } from '../policy/manifest.js';

export interface Behaviour {
  /** [K] added to the head's logits: minus the logit of the press threshold. */
  readonly shift: readonly number[];
  /** Logits are divided by it, > 0: below 1 an action that the head is sure of is hardly ever drawn otherwise. */
  readonly temperature: number;
}

const logit = (probability: number): number => Math.log(probability / (1 - probability));

/** Keeps the draws apart from the game's own random numbers, whose seed is the fight's. */
const DRAWS = 2 ** 32;

/** Drawn like that an agent of thresholds wins nearly as often as by them (docs/decisions/0019). */
const SHARPENED = 0.5;

/** A threshold of 1 would move the logits by infinity. */
const NEAREST_TO_ONE = 1e-6;

/** @param temperature null: as the bundle acts */
export function behaviourOf(
  { actions, thresholds, act }: Pick<BundleManifest, 'actions' | 'thresholds' | 'act'>,
  temperature: number | null,
): Behaviour {
  if (act === 'sample') return { shift: actions.map(() => 0), temperature: temperature ?? 1 };
  const shift = actions.map((action) => -logit(Math.min(thresholds[action].press, 1 - NEAREST_TO_ONE)));
  return { shift, temperature: temperature ?? SHARPENED };
}

/** The probability with which an action is held, from the head's. */
export function heldProbability({ shift, temperature }: Behaviour, action: number, probability: number): number {
  return 1 / (1 + Math.exp(-(logit(probability) + shift[action]) / temperature));
}

/**
 * Draws what is held. Of two opposing directions that are both drawn the less probable one is not pressed, as in live play;
 * the draw itself is what is learned from: that one of them did nothing belongs to the game.
 */
export class BehaviourGate implements ActGate {
  readonly #behaviour: Behaviour;
  readonly #actions: ActionSet;
  readonly #random: Random;
  readonly #onDraw: (drawn: HeldActions) => void;

  constructor(behaviour: Behaviour, actions: ActionSet, seed: number, onDraw: (drawn: HeldActions) => void) {
    this.#behaviour = behaviour;
    this.#actions = actions;
    this.#random = new Random(seed + DRAWS);
    this.#onDraw = onDraw;
  }

  decide(probabilities: Float32Array): HeldActions {
    const { count, opposing } = this.#actions;
    let drawn = NONE_HELD;
    for (let action = 0; action < count; action += 1) {
      const probability = heldProbability(this.#behaviour, action, probabilities[action]);
      if (this.#random.next() < probability) drawn |= 1 << action;
    }
    this.#onDraw(drawn);
    let held = drawn;
    for (const [one, other] of opposing) {
      if (!isHeld(held, one) || !isHeld(held, other)) continue;
      held &= ~(1 << (probabilities[one] > probabilities[other] ? other : one));
    }
    return held;
  }

  reset(): void {
    // what is drawn does not depend on what was held
  }
}
