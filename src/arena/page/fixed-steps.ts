/**
 * Turns the time that passed into fixed steps. Every step is due at start + k periods, so nothing drifts; after a
 * stall longer than the bound the rest is dropped and counted, never played in a burst.
 */
export class FixedSteps {
  readonly #stepMs: number;
  readonly #maxBurstMs: number;
  #originMs = 0;
  #taken = 0;
  #droppedMs = 0;

  /** @param maxBurstMs the most game time that one call may catch up on, ms */
  constructor(rateHz: number, maxBurstMs: number) {
    this.#stepMs = 1000 / rateHz;
    this.#maxBurstMs = maxBurstMs;
  }

  /** Time starts at `nowMs` (any monotonic clock): the first step is due one period later. */
  start(nowMs: number): void {
    this.#originMs = nowMs;
    this.#taken = 0;
    this.#droppedMs = 0;
  }

  /** How many steps are due at `nowMs`; the caller must make all of them. */
  take(nowMs: number): number {
    const behindMs = nowMs - this.#originMs - this.#taken * this.#stepMs;
    const excessMs = behindMs - this.#maxBurstMs;
    if (excessMs > 0) {
      this.#originMs += excessMs;
      this.#droppedMs += excessMs;
    }
    // a frame that comes slightly early still takes its step: 1e-6 of a step is far below any clock's resolution
    const due = Math.floor((nowMs - this.#originMs) / this.#stepMs + 1e-6) - this.#taken;
    if (due <= 0) return 0;
    this.#taken += due;
    return due;
  }

  /** Time dropped since the start, ms. */
  get droppedMs(): number {
    return this.#droppedMs;
  }
}
