/**
 * Decisions that wait for the tick they were made for. With a horizon of one period a decision waits one tick; one that
 * is applied at once does not wait. The same line serves both.
 */
import type { HeldActions } from '../core/action-set.js';

export class DelayLine {
  readonly #queue: { readonly dueTick: number; readonly held: HeldActions }[] = [];

  /** @param dueTick the tick at whose start `held` is to be applied */
  push(dueTick: number, held: HeldActions): void {
    this.#queue.push({ dueTick, held });
  }

  /**
   * Takes what is due at `tick`, or null. A decision whose tick was missed is dropped: it was made for a moment that
   * has passed, and the next one follows.
   */
  take(tick: number): HeldActions | null {
    let due: HeldActions | null = null;
    while (this.#queue.length > 0 && this.#queue[0].dueTick <= tick) {
      const first = this.#queue.shift()!;
      if (first.dueTick === tick) due = first.held;
    }
    return due;
  }

  clear(): void {
    this.#queue.length = 0;
  }
}
