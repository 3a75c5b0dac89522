/** Resets a policy at each fight's start and end, as a live run does, so that no window spans two fights. */
import type { Decision, Policy } from '../core/policy.js';
import type { Frame } from '../core/frame.js';

/** Follows the fights of frames that come in sequence. */
export class FightBorders {
  #fight: number | null = null;

  /** True where a frame's fight differs from that of the frame before. @param fight 0-based, or -1 for none */
  isCrossedTo(fight: number): boolean {
    const isCrossed = this.#fight !== null && fight !== this.#fight;
    this.#fight = fight;
    return isCrossed;
  }

  /** The next frame counts as the first one. */
  reset(): void {
    this.#fight = null;
  }
}

/** A policy that is reset at fight borders. */
export class FightBorderPolicy implements Policy {
  readonly #policy: Policy;
  readonly #fightOf: (frame: number) => number;
  readonly #borders = new FightBorders();

  /** @param fightOf the 0-based fight that a frame lies in, or -1 */
  constructor(policy: Policy, fightOf: (frame: number) => number) {
    this.#policy = policy;
    this.#fightOf = fightOf;
  }

  decide(frame: Frame): Promise<Decision> {
    this.#resetAtBorder(frame);
    return this.#policy.decide(frame);
  }

  see(frame: Frame): ReturnType<Policy['see']> {
    this.#resetAtBorder(frame);
    return this.#policy.see(frame);
  }

  dropHeld(): void {
    this.#policy.dropHeld();
  }

  #resetAtBorder({ index }: Frame): void {
    if (this.#borders.isCrossedTo(this.#fightOf(index))) this.#policy.reset();
  }

  reset(): void {
    this.#borders.reset();
    this.#policy.reset();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve(this.#policy[Symbol.asyncDispose]());
  }
}
