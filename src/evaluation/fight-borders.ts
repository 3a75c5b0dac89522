/** A policy that forgets at each fight's start and end, as a live run does: no window spans two fights. */
import type { Decision, Policy } from '../core/decision.js';
import type { Frame } from '../core/frame.js';

export class FightBorderPolicy implements Policy {
  readonly #policy: Policy;
  readonly #fightOf: (frame: number) => number;
  #fight: number | null = null;

  /** @param fightOf the 0-based fight that a frame lies in, or -1 */
  constructor(policy: Policy, fightOf: (frame: number) => number) {
    this.#policy = policy;
    this.#fightOf = fightOf;
  }

  decide(frame: Frame): Promise<Decision> {
    const fight = this.#fightOf(frame.index);
    if (this.#fight !== null && fight !== this.#fight) this.#policy.reset();
    this.#fight = fight;
    return this.#policy.decide(frame);
  }

  reset(): void {
    this.#fight = null;
    this.#policy.reset();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve(this.#policy[Symbol.asyncDispose]());
  }
}
