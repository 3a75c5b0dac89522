/**
 * `--fault` around one run: the plan, the faulty parts of the loop, and the acts on process and window. A run without
 * faults gets its own parts back unchanged.
 */
import { monotonicMs, type Clock } from '../../core/clock.js';
import type { Policy } from '../../core/policy.js';
import type { FrameSource } from '../../core/frame.js';
import { messageOf } from '../../core/errors.js';
import { Random } from '../../core/random.js';
import { requireActs, startActs, type FaultActs } from './acts.js';
import { FaultyClock } from './faulty-clock.js';
import { FaultyPolicy } from './faulty-policy.js';
import { FaultySource } from './faulty-source.js';
import { FaultPlan } from './plan.js';
import type { FaultsRequest } from '../request.js';
import type { Fault } from './spec.js';

export class RunFaults implements Disposable {
  readonly #faults: readonly Fault[];
  readonly #seed: number;
  readonly #realClock: Clock;
  #report: (message: string, fields: object) => void = () => undefined;
  #plan: FaultPlan | null = null;
  #stopActs = (): void => undefined;

  /** @param clock the machine's, which no fault changes */
  constructor({ faults, seed }: FaultsRequest, clock: Clock) {
    this.#faults = faults;
    this.#seed = seed;
    this.#realClock = clock;
  }

  /** The clock that paces the run. */
  get clock(): Clock {
    return this.#faults.some(({ name }) => name === 'clock-jump')
      ? new FaultyClock(this.#realClock, () => this.#plan)
      : this.#realClock;
  }

  /**
   * Wraps source and policy in faulty ones, where the run has faults.
   *
   * @param acts those that are possible where this run plays
   * @throws UnderstudyError `bad-option` for a fault that cannot be done here
   */
  around<Parts extends { readonly source: FrameSource; readonly policy: Policy }>(
    parts: Parts,
    acts: FaultActs,
  ): Parts {
    if (this.#faults.length === 0) return parts;
    requireActs(this.#faults, acts);
    const clock = this.#realClock;
    const plan = new FaultPlan(this.#faults, clock, new Random(this.#seed + 1), {
      onStart: () => {
        this.#stopActs = startActs(plan, acts, (fault, error) => this.#reportFailure(fault, error));
      },
      onBegin: (fault) => this.#report('fault began', { fault: fault.name, value: fault.value, atMs: monotonicMs() }),
    });
    this.#plan = plan;
    return {
      ...parts,
      source: new FaultySource(parts.source, plan, clock),
      policy: new FaultyPolicy(parts.policy, plan, clock),
    };
  }

  /** From now on `listener` is called for each fault that begins, with the machine's monotonic time. */
  reportTo(listener: (message: string, fields: object) => void): void {
    this.#report = listener;
  }

  [Symbol.dispose](): void {
    this.#stopActs();
  }

  #reportFailure(fault: Fault, error: unknown): void {
    this.#report('fault could not be done', { fault: fault.name, error: messageOf(error) });
  }
}
