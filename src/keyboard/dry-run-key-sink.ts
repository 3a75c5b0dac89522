/** A sink that presses nothing: it counts the edges that a real one would send. For rehearsals and shadow mode. */
import { ACTION_COUNT, NONE_HELD, isHeld, type HeldActions } from '../core/actions.js';
import type { KeySink } from '../core/keys.js';

export class DryRunKeySink implements KeySink {
  #held: HeldActions = NONE_HELD;
  #edges = 0;

  get held(): HeldActions {
    return this.#held;
  }

  /** Presses and releases that would have been sent. */
  get edgesSent(): number {
    return this.#edges;
  }

  apply(held: HeldActions): void {
    const changed = held ^ this.#held;
    for (let index = 0; index < ACTION_COUNT; index += 1) if (isHeld(changed, index)) this.#edges += 1;
    this.#held = held;
  }

  renew(): void {
    // no lease: nothing is down
  }

  releaseAll(): void {
    this.apply(NONE_HELD);
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.releaseAll();
    return Promise.resolve();
  }
}
