/** A sink that presses nothing: it counts the edges that a real one would send. For rehearsals and shadow mode. */
import { NONE_HELD, type HeldActions } from '../core/action-set.js';
import type { KeySink } from '../core/key-sink.js';

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
    // each step drops the lowest bit that is left: one edge
    for (let changed = held ^ this.#held; changed !== NONE_HELD; changed &= changed - 1) this.#edges += 1;
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
