/** The time that the JavaScript runtime takes from a loop: pauses for garbage collection, and late event-loop turns. */
import { monitorEventLoopDelay, PerformanceObserver } from 'node:perf_hooks';
import { TimeHistogram, type Percentiles } from './time-histogram.js';

export interface RuntimePauses {
  readonly gc: {
    readonly count: number;
    readonly totalMs: number;
    /** Null where none was seen. */
    readonly pauseMs: Percentiles | null;
  };
  /** How late a timer of 10 ms came, ms. */
  readonly eventLoopDelayMs: { readonly p50: number; readonly p99: number; readonly max: number };
}

/** Period of the timer that the delay is measured with, ms; more often would itself cost. */
const RESOLUTION_MS = 10;
const NS_PER_MS = 1e6;

/** Watches from its making until it is disposed of. */
export class RuntimeWatch implements Disposable {
  readonly #delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  #pauses = new TimeHistogram();
  readonly #observer: PerformanceObserver;
  #count = 0;
  #totalMs = 0;

  constructor() {
    this.#observer = new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) {
        this.#count += 1;
        this.#totalMs += duration;
        this.#pauses.add(duration);
      }
    });
    this.#observer.observe({ entryTypes: ['gc'] });
    this.#delays.enable();
  }

  /** Forgets what it saw: the warm-up is over. */
  restart(): void {
    this.#delays.reset();
    this.#pauses = new TimeHistogram();
    this.#count = 0;
    this.#totalMs = 0;
  }

  figures(): RuntimePauses {
    // Node includes the timer's own period: the rest is delay.
    const delay = (ns: number): number => Math.max(0, ns / NS_PER_MS - RESOLUTION_MS);
    const { max } = this.#delays;
    return {
      gc: { count: this.#count, totalMs: this.#totalMs, pauseMs: this.#pauses.percentiles() },
      eventLoopDelayMs: {
        p50: delay(this.#delays.percentile(50)),
        p99: delay(this.#delays.percentile(99)),
        max: delay(max),
      },
    };
  }

  [Symbol.dispose](): void {
    this.#observer.disconnect();
    this.#delays.disable();
  }
}
