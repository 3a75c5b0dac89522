/**
 * Keys that reach the game late, and the virtual clock that delivers them: a slow machine, simulated so that every run is
 * the same.
 */
import type { HeldActions } from '../../core/action-set.js';
import { VirtualClock, type Clock } from '../../core/clock.js';
import type { KeySink, ReleaseReason } from '../../core/key-sink.js';

/** A virtual clock that runs actions at given times. */
export class BusyClock implements Clock {
  readonly #clock = new VirtualClock();
  readonly #due: { readonly atMs: number; readonly act: () => void }[] = [];

  nowMs(): number {
    return this.#clock.nowMs();
  }

  /** Runs `act` when the clock reaches the time; in the order of the calls, so `afterMs` must always be the same. */
  after(afterMs: number, act: () => void): void {
    this.#due.push({ atMs: this.nowMs() + afterMs, act });
  }

  async sleepUntil(deadlineMs: number, signal?: AbortSignal): Promise<void> {
    while (this.#due.length > 0 && this.#due[0].atMs <= deadlineMs && !signal?.aborted) {
      const { atMs, act } = this.#due.shift()!;
      await this.#clock.sleepUntil(atMs, signal);
      act();
    }
    await this.#clock.sleepUntil(deadlineMs, signal);
  }
}

/** A sink whose presses and releases arrive `delayMs` later; a release of everything arrives at once. */
export class LateKeys implements KeySink {
  readonly #sink: KeySink;
  readonly #clock: BusyClock;
  readonly #delayMs: number;
  #current = 0;
  #epoch = 0;

  constructor(sink: KeySink, clock: BusyClock, delayMs: number) {
    this.#sink = sink;
    this.#clock = clock;
    this.#delayMs = delayMs;
  }

  apply(held: HeldActions): void {
    this.#current = held;
    const epoch = this.#epoch;
    this.#clock.after(this.#delayMs, () => {
      if (epoch === this.#epoch) this.#sink.apply(held);
    });
  }

  renew(): void {
    this.#sink.renew();
  }

  releaseAll(reason: ReleaseReason): void {
    this.#epoch += 1; // keys that have not arrived yet never do
    this.#current = 0;
    this.#sink.releaseAll(reason);
  }

  get held(): HeldActions {
    return this.#current;
  }

  get edgesSent(): number {
    return this.#sink.edgesSent;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#sink[Symbol.asyncDispose]();
  }
}
