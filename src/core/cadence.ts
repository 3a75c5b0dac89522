/**
 * The schedule of the ticks of the loop and of recordings: absolute deadlines on one grid, start + k periods. A tick
 * whose whole period has passed is missed: it is skipped and counted, and ticks are never run in a burst to catch up.
 * The grid never moves, so lateness is always measured against the schedule, and a slow tick cannot hide the lateness
 * of those after it.
 */
import type { Clock } from './clock.js';

/** One tick of the schedule, as it took place. */
export interface ScheduledTick {
  /** 0-based position on the grid. */
  readonly tick: number;
  /** Monotonic clock, ms. */
  readonly deadlineMs: number;
  /** How long after its deadline the tick began, ms, >= 0. */
  readonly latenessMs: number;
  /** Ticks skipped since the last one that ran. */
  readonly missedBefore: number;
}

/** Decides when the next tick is. */
export interface Schedule {
  /** Waits for the next tick; null once `signal` has aborted. */
  next(signal: AbortSignal): Promise<ScheduledTick | null>;
}

export class Cadence implements Schedule {
  readonly periodMs: number;
  readonly #clock: Clock;
  readonly #startMs: number;
  #nextTick = 0;

  /** Tick 0 is due now. @param rateHz ticks a second, > 0 */
  constructor(clock: Clock, rateHz: number) {
    if (!(rateHz > 0)) throw new RangeError(`a cadence needs a rate above 0, got ${rateHz}`);
    this.periodMs = 1000 / rateHz;
    this.#clock = clock;
    this.#startMs = clock.nowMs();
  }

  /** Sleeps until the next deadline that has not passed by a whole period; null once `signal` has aborted. */
  async next(signal: AbortSignal): Promise<ScheduledTick | null> {
    const behindMs = this.#clock.nowMs() - this.#deadlineOf(this.#nextTick);
    const missedAwake = Math.max(0, Math.floor(behindMs / this.periodMs));
    await this.#clock.sleepUntil(this.#deadlineOf(this.#nextTick + missedAwake), signal);
    if (signal.aborted) return null;
    // A machine that overslept by a period or more has missed those ticks too.
    const oversleptMs = this.#clock.nowMs() - this.#deadlineOf(this.#nextTick + missedAwake);
    const missedBefore = missedAwake + Math.max(0, Math.floor(oversleptMs / this.periodMs));
    const tick = this.#nextTick + missedBefore;
    this.#nextTick = tick + 1;
    const deadlineMs = this.#deadlineOf(tick);
    return { tick, deadlineMs, latenessMs: Math.max(0, this.#clock.nowMs() - deadlineMs), missedBefore };
  }

  /** Skips every tick that is already due, without counting it as missed: the next tick is one that is still to come. */
  skipDue(): void {
    const newest = Math.floor((this.#clock.nowMs() - this.#startMs) / this.periodMs);
    this.#nextTick = Math.max(this.#nextTick, newest + 1);
  }

  /** Computed from the grid's start, so that no rounding adds up. */
  #deadlineOf(tick: number): number {
    return this.#startMs + tick * this.periodMs;
  }
}
