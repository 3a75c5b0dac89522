/**
 * `--fault` around one run: the plan, the faulty parts of the loop, and what is done to its surroundings. A run without
 * faults gets its own parts back, untouched.
 */
import { monotonicMs, type Clock } from '../../core/clock.js';
import type { Policy } from '../../core/decision.js';
import type { FrameSource } from '../../core/frame.js';
import { messageOf } from '../../core/errors.js';
import { Random } from '../../core/random.js';
import { requireSurroundings, startActs, type FaultActs } from './acts.js';
import { FaultyClock } from './faulty-clock.js';
import { FaultyPolicy } from './faulty-policy.js';
import { FaultySource } from './faulty-source.js';
import { FaultPlan } from './plan.js';
import type { FaultsRequest } from '../request.js';
import type { Fault } from './spec.js';

export class RunFaults implements AsyncDisposable {
  readonly #faults: readonly Fault[];
  readonly #seed: number;
  readonly #realClock: Clock;
  #tell: (message: string, fields: object) => void = () => undefined;
  #plan: FaultPlan | null = null;
  #stopActs = (): void => undefined;

  /** @param clock the machine's */
  constructor({ faults, seed }: FaultsRequest, clock: Clock) {
    this.#faults = faults;
    this.#seed = seed;
    this.#realClock = clock;
  }

  /** The clock that the run is paced by. */
  get clock(): Clock {
    return this.#faults.some(({ name }) => name === 'clock-jump')
      ? new FaultyClock(this.#realClock, () => this.#plan)
      : this.#realClock;
  }

  /**
   * The parts as the loop is to have them.
   *
   * @param surroundings what can be done where this run plays
   * @throws UnderstudyError `bad-option` for a fault that cannot be done here
   */
  around<Parts extends { readonly source: FrameSource; readonly policy: Policy }>(
    parts: Parts,
    surroundings: FaultActs,
  ): Parts {
    if (this.#faults.length === 0) return parts;
    requireSurroundings(this.#faults, surroundings);
    const clock = this.#realClock;
    const plan = new FaultPlan(this.#faults, clock, new Random(this.#seed + 1), {
      onStart: () => {
        this.#stopActs = startActs(plan, surroundings, (fault, error) => this.#tellFailure(fault, error));
      },
      onBegin: (fault) => this.#tell('fault began', { fault: fault.name, value: fault.value, atMs: monotonicMs() }),
    });
    this.#plan = plan;
    return {
      ...parts,
      source: new FaultySource(parts.source, plan, clock),
      policy: new FaultyPolicy(parts.policy, plan, clock),
    };
  }

  /** From now on each fault that begins is told here, with the machine's monotonic time. */
  tellTo(listener: (message: string, fields: object) => void): void {
    this.#tell = listener;
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#stopActs();
    return Promise.resolve();
  }

  #tellFailure(fault: Fault, error: unknown): void {
    this.#tell('fault could not be done', { fault: fault.name, error: messageOf(error) });
  }
}
