/**
 * A player whose keys are perturbed and who reports what it meant to hold: the executed keys may be perturbed, or those
 * of another player, but the reported ones are always the intention. Such demonstrations show how to leave states that
 * a faultless player never meets (noise injection; with an agent's keys, dataset aggregation: Ross et al. 2011).
 */
import type { HeldActions } from '../../core/action-set.js';
import { Random } from '../../core/random.js';
import { ARENA_ACTIONS } from '../actions.js';
import type { FightState } from '../fight.js';
import { stepsOf } from '../fight/rules.js';
import type { Player } from './player.js';

/** At most one slip begins in this time. */
const CHANCE_EVERY_STEPS = stepsOf(0.1);

/** How long one slip lasts. */
const SLIP_STEPS = [stepsOf(0.1), stepsOf(0.3)] as const;

/** Gives the slips another random stream than the player's. */
const SEED_OFFSET = 0x5eed;

export interface DemonstratorOptions {
  readonly player: Player;
  /** Chance, 0..1, that in a tenth of a second one key does the opposite of what was meant, for 0.1 to 0.3 s. */
  readonly noise: number;
  /** What is executed instead of what this player means: what another player holds. */
  readonly executed?: (meant: HeldActions) => HeldActions;
  /** Called for every step, in sequence, with what the player means to hold from `step` on. */
  readonly onIntention: (held: HeldActions, step: number) => void;
}

export class Demonstrator implements Player {
  readonly #options: DemonstratorOptions;
  #random = new Random(SEED_OFFSET);
  #slip: HeldActions = 0;
  #slipSteps = 0;

  constructor(options: DemonstratorOptions) {
    this.#options = options;
  }

  reset(seed: number): void {
    this.#random = new Random(seed + SEED_OFFSET);
    this.#slip = 0;
    this.#slipSteps = 0;
    this.#options.player.reset(seed);
  }

  decide(state: Readonly<FightState>): HeldActions {
    const { player, onIntention } = this.#options;
    const held = player.decide(state);
    onIntention(held, state.step);
    this.#slipOn(state.step);
    return (this.#options.executed?.(held) ?? held) ^ this.#slip;
  }

  #slipOn(step: number): void {
    if (this.#slipSteps > 0) this.#slipSteps -= 1;
    if (this.#slipSteps > 0) return;
    this.#slip = 0;
    const { noise } = this.#options;
    if (noise === 0 || step % CHANCE_EVERY_STEPS !== 0 || this.#random.next() >= noise) return;
    this.#slip = 1 << this.#random.integer(0, ARENA_ACTIONS.count - 1);
    this.#slipSteps = this.#random.integer(...SLIP_STEPS);
  }
}
