/** When which fault of a run is under way. Asked by those who make it happen; makes nothing happen itself. */
import type { Clock } from '../../core/clock.js';
import type { Random } from '../../core/random.js';
import type { FaultName } from './kinds.js';
import type { Fault } from './spec.js';

/** Who is told of a plan. */
export interface FaultListener {
  /** Once, when times begin to count. */
  readonly onStart?: () => void;
  /** Once for each fault, at the moment at which it first strikes. */
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
   * @param clock one that no fault moves
   * @param random draws by chance, frame by frame
   */
  constructor(faults: readonly Fault[], clock: Clock, random: Random, listener: FaultListener = {}) {
    this.faults = faults;
    this.#clock = clock;
    this.#random = random;
    this.#listener = listener;
  }

  /** The first frame is asked for: times count from here. Does nothing the second time. */
  start(): void {
    if (this.#startedMs !== null) return;
    this.#startedMs = this.#clock.nowMs();
    this.#listener.onStart?.();
  }

  /** The fault of that name that strikes now, or null. By chance it may strike one frame and spare the next. */
  striking(name: FaultName): Fault | null {
    const fault = this.faults.find((candidate) => candidate.name === name && this.#isUnderWay(candidate));
    if (fault === undefined) return null;
    if (fault.chance < 1 && this.#random.next() >= fault.chance) return null;
    this.noteBegin(fault);
    return fault;
  }

  /** The fault of that name if its moment has come and it has not been taken yet: for what happens once. */
  takeOnce(name: FaultName): Fault | null {
    const fault = this.faults.find((candidate) => candidate.name === name && this.#isDue(candidate));
    if (fault === undefined || this.#begun.has(fault)) return null;
    this.noteBegin(fault);
    return fault;
  }

  /** Tells that it strikes, once. */
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
