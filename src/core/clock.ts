/**
 * Time for everything that paces itself. The loop and the arena never ask the operating system for the time: they are
 * given a clock, so that the same code runs in real time, faster than real time and under the control of a test.
 */
import { setTimeout as delay } from 'node:timers/promises';

/** A monotonic clock, in milliseconds since an arbitrary zero. */
export interface Clock {
  /** Never goes back, whatever happens to the wall clock. */
  nowMs(): number;
  /**
   * Resolves at or after `deadlineMs`, at once when it has passed, and early (without throwing) when `signal` aborts.
   */
  sleepUntil(deadlineMs: number, signal?: AbortSignal): Promise<void>;
}

/** Milliseconds of the machine's monotonic clock: the same in all processes of one machine, unlike a clock's own zero. */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

/** Node's timers hold 31 bits; a longer one would fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * The machine's monotonic clock. A timer fires up to 2 ms early (measured on Node 20), so the rest is slept again
 * rather than spun: spinning costs 5 to 9 times the CPU for half a millisecond of accuracy.
 */
export class SystemClock implements Clock {
  nowMs(): number {
    return performance.now();
  }

  async sleepUntil(deadlineMs: number, signal?: AbortSignal): Promise<void> {
    for (;;) {
      const leftMs = deadlineMs - performance.now();
      if (leftMs <= 0 || signal?.aborted) return;
      try {
        await delay(Math.min(leftMs, LONGEST_TIMER_MS), undefined, signal ? { signal } : {});
      } catch (error) {
        if (signal?.aborted) return;
        throw error;
      }
    }
  }
}

/**
 * A clock that moves only while something sleeps: time passes as fast as the work allows. Evaluation and replay use it.
 */
export class VirtualClock implements Clock {
  #nowMs = 0;

  nowMs(): number {
    return this.#nowMs;
  }

  sleepUntil(deadlineMs: number, signal?: AbortSignal): Promise<void> {
    if (!signal?.aborted) this.#nowMs = Math.max(this.#nowMs, deadlineMs);
    return Promise.resolve();
  }
}
