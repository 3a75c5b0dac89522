/**
 * A policy whose decisions are slow, hang, throw or are NaN when the plan says so; otherwise it answers as the inner one.
 * What it only sees is never faulty: a fault waits for the next decision.
 */
import type { Clock } from '../../core/clock.js';
import type { Decision, Policy } from '../../core/policy.js';
import type { Frame } from '../../core/frame.js';
import type { FaultPlan } from './plan.js';

export class FaultyPolicy implements Policy {
  readonly #inner: Policy;
  readonly #plan: FaultPlan;
  readonly #clock: Clock;

  /** Disposes of `inner` with itself. @param clock used to delay decisions */
  constructor(inner: Policy, plan: FaultPlan, clock: Clock) {
    this.#inner = inner;
    this.#plan = plan;
    this.#clock = clock;
  }

  async decide(frame: Frame): Promise<Decision> {
    if (this.#plan.takeOnce('throwing-policy') !== null) throw new Error('the policy failed, as --fault asked for');
    const hang = this.#plan.takeOnce('hanging-policy');
    if (hang !== null) this.#block(hang.value);
    const slow = this.#plan.striking('slow-policy');
    if (slow !== null) await this.#clock.sleepUntil(this.#clock.nowMs() + slow.value);
    const decision = await this.#inner.decide(frame);
    if (this.#plan.takeOnce('nan-policy') === null) return decision;
    return { ...decision, probabilities: decision.probabilities.map(() => Number.NaN) };
  }

  see(frame: Frame): ReturnType<Policy['see']> {
    return this.#inner.see(frame);
  }

  dropHeld(): void {
    this.#inner.dropHeld();
  }

  reset(): void {
    this.#inner.reset();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#inner[Symbol.asyncDispose]();
  }

  /** Nothing else in the process runs during this time: no timer, no socket, no signal handler. */
  #block(forMs: number): void {
    const untilMs = this.#clock.nowMs() + forMs;
    while (this.#clock.nowMs() < untilMs);
  }
}
