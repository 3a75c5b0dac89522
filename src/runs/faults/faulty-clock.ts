/** A clock that jumps ahead when the plan says so, as the machine's does after a suspend. It never runs backwards. */
import type { Clock } from '../../core/clock.js';
import type { FaultPlan } from './plan.js';

export class FaultyClock implements Clock {
  readonly #inner: Clock;
  readonly #plan: () => FaultPlan | null;
  #aheadMs = 0;

  /** @param plan asked for at each reading: the plan may be made after the clock */
  constructor(inner: Clock, plan: () => FaultPlan | null) {
    this.#inner = inner;
    this.#plan = plan;
  }

  nowMs(): number {
    this.#aheadMs += this.#plan()?.takeOnce('clock-jump')?.value ?? 0;
    return this.#inner.nowMs() + this.#aheadMs;
  }

  async sleepUntil(deadlineMs: number, signal?: AbortSignal): Promise<void> {
    await this.#inner.sleepUntil(deadlineMs - this.#aheadMs, signal);
  }
}
