/** Which fault of a run is in effect at what time. The faulty parts ask it; it makes nothing happen itself. */
import type { Clock } from '../../core/clock.js';
import type { Random } from '../../core/random.js';
import type { FaultName } from './kinds.js';
import type { Fault } from './spec.js';

/** Is notified of a plan's events. */
export interface FaultListener {
  /** Once, when times begin to count. */
  readonly onStart?: () => void;
  /** Once for each fault, when it happens first. */
  readonly onBegin?: (fault: Fault) => void;
}

export class FaultPlan {
  readonly faults: readonly Fault[];
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #listener: FaultListener;
  readonly #begun = new Set<Fault>();
  #startedMs: number | null = null;

  /**
   * @param clock one that no fault changes
   * @param random draws whether a fault with a chance happens, frame by frame
   */
  constructor(faults: readonly Fault[], clock: Clock, random: Random, listener: FaultListener = {}) {
    this.faults = faults;
    this.#clock = clock;
    this.#random = random;
    this.#listener = listener;
  }

  /** To be called before the first frame: times count from here. Further calls have no effect. */
  start(): void {
    if (this.#startedMs !== null) return;
    this.#startedMs = this.#clock.nowMs();
    this.#listener.onStart?.();
  }

  /** The fault of that name that happens now, or null. With a chance it may happen in one frame and not in the next. */
  striking(name: FaultName): Fault | null {
    const fault = this.faults.find((candidate) => candidate.name === name && this.#isUnderWay(candidate));
    if (fault === undefined) return null;
    if (fault.chance < 1 && this.#random.next() >= fault.chance) return null;
    this.noteBegin(fault);
    return fault;
  }

  /** The fault of that name if its time has come and it has not been taken yet: for faults that happen once. */
  takeOnce(name: FaultName): Fault | null {
    const fault = this.faults.find((candidate) => candidate.name === name && this.#isDue(candidate));
    if (fault === undefined || this.#begun.has(fault)) return null;
    this.noteBegin(fault);
    return fault;
  }

  /** Notifies the listener that the fault happens, at most once for each fault. */
  noteBegin(fault: Fault): void {
    if (this.#begun.has(fault)) return;
    this.#begun.add(fault);
    this.#listener.onBegin?.(fault);
  }

  #isDue({ startMs }: Fault): boolean {
    return this.#startedMs !== null && this.#clock.nowMs() - this.#startedMs >= startMs;
  }

  #isUnderWay(fault: Fault): boolean {
    return this.#isDue(fault) && this.#clock.nowMs() - this.#startedMs! < fault.startMs + fault.durationMs;
  }
}
