/**
 * Keeps the observers of a run from harming it. Observers are called between ticks; one whose last promise is still
 * pending is skipped, one that throws or blocks is dropped, and each drop is reported once. An essential one is never
 * dropped for blocking: on a busy machine the process itself is kept waiting, and a recording must not lose its fights.
 */
import { messageOf } from '../core/errors.js';
import type { Clock } from '../core/clock.js';
import type { Frame } from '../core/frame.js';
import type { TickObserver, TickReport } from '../core/tick-report.js';

/** An observer that was dropped, and why. */
export interface ObserverTrouble {
  readonly observer: string;
  readonly message: string;
}

interface Entry {
  readonly observer: TickObserver;
  busy: boolean;
  slowCalls: number;
}

/** Blocking calls in a row after which an observer is dropped: one may be a garbage collection, three are not. */
const SLOW_CALLS_ALLOWED = 3;

export class ObserverGroup {
  readonly #entries: Entry[];
  readonly #clock: Clock;
  readonly #slowMs: number;
  readonly #onTrouble: (trouble: ObserverTrouble) => void;

  /** @param slowMs a call that blocks longer than this counts against the observer */
  constructor(
    observers: readonly TickObserver[],
    clock: Clock,
    slowMs: number,
    onTrouble: (trouble: ObserverTrouble) => void,
  ) {
    this.#entries = observers.map((observer) => ({ observer, busy: false, slowCalls: 0 }));
    this.#clock = clock;
    this.#slowMs = slowMs;
    this.#onTrouble = onTrouble;
  }

  /** Passes a tick to every observer that is not busy; never throws and never waits. */
  notify(report: TickReport, frame: Frame | null): void {
    for (const entry of [...this.#entries]) {
      if (!entry.busy) this.#notifyOne(entry, report, frame);
    }
  }

  #notifyOne(entry: Entry, report: TickReport, frame: Frame | null): void {
    const beganMs = this.#clock.nowMs();
    try {
      const answer = entry.observer.onTick(report, frame);
      if (answer instanceof Promise) {
        entry.busy = true;
        answer.then(
          () => (entry.busy = false),
          (error: unknown) => this.#drop(entry, `it failed: ${messageOf(error)}`),
        );
      }
    } catch (error) {
      this.#drop(entry, `it failed: ${messageOf(error)}`);
      return;
    }
    if (entry.observer.isEssential ?? false) return;
    const tookMs = this.#clock.nowMs() - beganMs;
    entry.slowCalls = tookMs > this.#slowMs ? entry.slowCalls + 1 : 0;
    if (entry.slowCalls >= SLOW_CALLS_ALLOWED) {
      this.#drop(entry, `it blocked the loop ${SLOW_CALLS_ALLOWED} times in a row, last for ${tookMs.toFixed(0)} ms`);
    }
  }

  #drop(entry: Entry, message: string): void {
    const at = this.#entries.indexOf(entry);
    if (at === -1) return;
    this.#entries.splice(at, 1);
    this.#onTrouble({ observer: entry.observer.constructor.name, message });
  }
}
