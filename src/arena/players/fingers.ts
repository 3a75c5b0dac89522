/** Keys as a person's fingers hold them: a direction is held for a while; a tap lasts as long as a person's. */
import { NONE_HELD, type HeldActions } from '../../core/action-set.js';
import type { Random } from '../../core/random.js';
import { actionBit, type ArenaAction } from '../actions.js';
import { stepsOf } from '../fight/rules.js';

const DIRECTION_S = [0.08, 0.14] as const;
const LEFT = actionBit('LEFT');
const RIGHT = actionBit('RIGHT');

export class Fingers {
  readonly #random: Random;
  readonly #taps = new Map<ArenaAction, number>();
  #direction: -1 | 0 | 1 = 0;
  #directionSteps = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  /** Goes left (-1), right (1) or stands (0); changes at most every 80 to 140 ms. */
  steer(direction: -1 | 0 | 1): void {
    if (this.#directionSteps > 0 || direction === this.#direction) return;
    this.#direction = direction;
    this.#directionSteps = direction === 0 ? 0 : stepsOf(this.#random.uniform(DIRECTION_S[0], DIRECTION_S[1]));
  }

  /** Presses a key for a time drawn from `seconds`. */
  tap(action: ArenaAction, seconds: readonly [number, number]): void {
    this.#taps.set(action, stepsOf(this.#random.uniform(seconds[0], seconds[1])));
  }

  /** What the fingers hold in this step, directions and taps. */
  step(): HeldActions {
    let held = this.#direction < 0 ? LEFT : this.#direction > 0 ? RIGHT : NONE_HELD;
    if (this.#directionSteps > 0) this.#directionSteps -= 1;
    for (const [action, steps] of this.#taps) {
      held |= actionBit(action);
      if (steps <= 1) this.#taps.delete(action);
      else this.#taps.set(action, steps - 1);
    }
    return held;
  }
}
