/**
 * Keeps those who watch a run from harming it. Observers are called between ticks; one that still has a promise
 * pending is passed over, one that throws or blocks is let go of, and each of these is said once.
 */
import { messageOf } from '../core/errors.js';
import type { Clock } from '../core/clock.js';
import type { Frame } from '../core/frame.js';
import type { TickObserver, TickReport } from '../core/tick-report.js';

/** What became of an observer that misbehaved. */
export interface ObserverTrouble {
  readonly observer: string;
  readonly message: string;
}

interface Seat {
  readonly observer: TickObserver;
  busy: boolean;
  slowCalls: number;
}

/** Blocking calls in a row after which an observer is let go of: one may be a garbage collection, three are not. */
const SLOW_CALLS_ALLOWED = 3;

export class ObserverGroup {
  readonly #seats: Seat[];
  readonly #clock: Clock;
  readonly #slowMs: number;
  readonly #onTrouble: (trouble: ObserverTrouble) => void;
  #passedOver = 0;

  /** @param slowMs a call that blocks longer than this counts against the observer */
  constructor(
    observers: readonly TickObserver[],
    clock: Clock,
    slowMs: number,
    onTrouble: (trouble: ObserverTrouble) => void,
  ) {
    this.#seats = observers.map((observer) => ({ observer, busy: false, slowCalls: 0 }));
    this.#clock = clock;
    this.#slowMs = slowMs;
    this.#onTrouble = onTrouble;
  }

  /** Reports that an observer did not get because it was still busy with an earlier one. */
  get passedOver(): number {
    return this.#passedOver;
  }

  /** Tells everybody; never throws and never waits. */
  tell(report: TickReport, frame: Frame | null): void {
    for (const seat of [...this.#seats]) {
      if (seat.busy) this.#passedOver += 1;
      else this.#tellOne(seat, report, frame);
    }
  }

  #tellOne(seat: Seat, report: TickReport, frame: Frame | null): void {
    const beganMs = this.#clock.nowMs();
    try {
      const answer = seat.observer.onTick(report, frame);
      if (answer instanceof Promise) {
        seat.busy = true;
        answer.then(
          () => (seat.busy = false),
          (error: unknown) => this.#letGo(seat, `it failed: ${messageOf(error)}`),
        );
      }
    } catch (error) {
      this.#letGo(seat, `it failed: ${messageOf(error)}`);
      return;
    }
    const tookMs = this.#clock.nowMs() - beganMs;
    seat.slowCalls = tookMs > this.#slowMs ? seat.slowCalls + 1 : 0;
    if (seat.slowCalls >= SLOW_CALLS_ALLOWED) {
      this.#letGo(seat, `it blocked the loop ${SLOW_CALLS_ALLOWED} times in a row, last for ${tookMs.toFixed(0)} ms`);
    }
  }

  #letGo(seat: Seat, message: string): void {
    const at = this.#seats.indexOf(seat);
    if (at === -1) return;
    this.#seats.splice(at, 1);
    this.#onTrouble({ observer: seat.observer.constructor.name, message });
  }
}
