/** A clock that the test controls: it moves when the test says so or something sleeps, and can oversleep like a real one. */
import type { Clock } from '../../src/core/clock.js';

export class FakeClock implements Clock {
  timeMs = 1000;
  /** Added to the ends of the next sleeps, one each: how late the machine wakes. */
  readonly overshootMs: number[] = [];

  nowMs(): number {
    return this.timeMs;
  }

  sleepUntil(deadlineMs: number, signal?: AbortSignal): Promise<void> {
    if (!signal?.aborted) this.timeMs = Math.max(this.timeMs, deadlineMs + (this.overshootMs.shift() ?? 0));
    return Promise.resolve();
  }

  advance(ms: number): void {
    this.timeMs += ms;
  }
}
