/** Players that must lose: no key, SHOOT alone, and random keys. They show that the fight needs skill. */
import { NONE_HELD, type HeldActions } from '../../core/action-set.js';
import { Random } from '../../core/random.js';
import { ARENA_ACTIONS } from '../actions.js';
import type { Player } from './player.js';

/** A player that always holds the same. */
export const steadyPlayer = (held: HeldActions): Player => ({ decide: () => held, reset: () => undefined });

/** Shortest and longest time that a random key stays up or down, steps. */
const KEY_STEPS = [6, 30] as const;

/** Each key goes up and down independently, 100 to 500 ms at a time. */
export class RandomPlayer implements Player {
  #random = new Random(0);
  readonly #stepsLeft = new Array<number>(ARENA_ACTIONS.count).fill(0);
  #held = NONE_HELD;

  constructor(seed = 0) {
    this.reset(seed);
  }

  reset(seed: number): void {
    this.#random = new Random(seed);
    this.#held = this.#random.integer(0, ARENA_ACTIONS.all);
    for (let i = 0; i < ARENA_ACTIONS.count; i += 1) this.#stepsLeft[i] = this.#random.integer(...KEY_STEPS);
  }

  decide(): HeldActions {
    for (let i = 0; i < ARENA_ACTIONS.count; i += 1) {
      this.#stepsLeft[i] -= 1;
      if (this.#stepsLeft[i] > 0) continue;
      this.#held ^= 1 << i;
      this.#stepsLeft[i] = this.#random.integer(...KEY_STEPS);
    }
    return this.#held;
  }
}
