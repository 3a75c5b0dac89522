/** Stale pictures are not acted on: closed once no fresh frame has come for as long as keys may be held without one. */
import type { Clock } from '../../core/clock.js';
import type { Frame } from '../../core/frame.js';
import type { PictureGate } from '../gate.js';

export class FreshnessGate implements PictureGate {
  readonly name = 'stale';
  readonly blind = true;
  readonly #clock: Clock;
  readonly #withinMs: number;
  #freshAtMs: number;

  /** @param withinMs the lease, ms: held keys are released when it ends */
  constructor(clock: Clock, withinMs: number) {
    this.#clock = clock;
    this.#withinMs = withinMs;
    this.#freshAtMs = clock.nowMs();
  }

  see(frame: Frame | null): void {
    if (frame !== null) this.#freshAtMs = frame.capturedAtMs;
  }

  closedBecause(): string | null {
    return this.#clock.nowMs() - this.#freshAtMs > this.#withinMs
      ? `no fresh frame for longer than ${this.#withinMs.toFixed(0)} ms`
      : null;
  }
}
