/**
 * Measures a run tick by tick: stages, latency, lateness and the sum of the two. Lateness is measured against the
 * schedule: a tick that never ran counts with the time until the loop ran again, so that a stall counts once for each
 * tick that it delayed (no coordinated omission; Tene, "How NOT to Measure Latency").
 */
import { TickCounter, type TickCounts } from '../../agent/tick-counts.js';
import {
  TICK_STEPS,
  type TickStep,
  type TickObserver,
  type TickOutcome,
  type TickReport,
} from '../../core/tick-report.js';
import { TimeHistogram, type HistogramBar, type Percentiles } from './time-histogram.js';

/** What is measured of a tick besides its stages. `total` is lateness + latency: deadline to edges out. */
export const TICK_TIMES = ['latency', 'lateness', 'total'] as const;
export type TickTime = (typeof TICK_TIMES)[number] | TickStep;
const NAMES: readonly TickTime[] = [...TICK_TIMES, ...TICK_STEPS];

/** One tick on the timeline. */
export interface TimelineTick {
  readonly atSeconds: number;
  readonly outcome: TickOutcome;
  readonly latenessMs: number;
  /** Null for a tick that decided nothing. */
  readonly latencyMs: number | null;
  readonly missedBefore: number;
}

/** The timeline is only drawn: the first hour at 10 Hz, ten minutes at 60 Hz. */
const TIMELINE_TICKS = 36_000;

export class TickRecorder implements TickObserver {
  readonly isEssential = true;
  readonly timeline: TimelineTick[] = [];
  readonly #times = new Map<TickTime, TimeHistogram>(NAMES.map((name) => [name, new TimeHistogram()]));
  readonly #counter = new TickCounter();
  readonly #warmupTicks: number;
  readonly #periodMs: number;
  readonly #onWarm: () => void;
  #seen = 0;
  #beganMs = 0;

  /**
   * @param warmupTicks ticks at the start that are not measured: the latent window fills, code is compiled
   * @param onWarm called once, right before the first tick that counts
   */
  constructor(rateHz: number, warmupTicks: number, onWarm: () => void = () => undefined) {
    this.#periodMs = 1000 / rateHz;
    this.#warmupTicks = warmupTicks;
    this.#onWarm = onWarm;
  }

  onTick(report: TickReport): void {
    this.#seen += 1;
    if (this.#seen <= this.#warmupTicks) {
      if (this.#seen === this.#warmupTicks) this.#onWarm();
      return;
    }
    this.#counter.count(report);
    this.#measure(report);
    this.#draw(report);
  }

  /** Of the ticks after the warm-up. */
  get counts(): TickCounts {
    return this.#counter.counts;
  }

  percentiles(name: TickTime): Percentiles | null {
    return this.#times.get(name)!.percentiles();
  }

  /** Every measured value, by the name of the time. */
  bars(): Readonly<Record<TickTime, readonly HistogramBar[]>> {
    return Object.fromEntries(NAMES.map((name) => [name, this.#times.get(name)!.bars()])) as Record<
      TickTime,
      HistogramBar[]
    >;
  }

  #measure({ latenessMs, latencyMs, missedBefore, stageMs }: TickReport): void {
    for (let missed = missedBefore; missed >= 0; missed -= 1)
      this.#add('lateness', latenessMs + missed * this.#periodMs);
    if (latencyMs !== null) {
      this.#add('latency', latencyMs);
      this.#add('total', latenessMs + latencyMs);
    }
    for (const stage of TICK_STEPS) {
      const tookMs = stageMs[stage];
      if (tookMs !== undefined) this.#add(stage, tookMs);
    }
  }

  #add(name: TickTime, ms: number): void {
    this.#times.get(name)!.add(ms);
  }

  #draw({ outcome, deadlineMs, latenessMs, latencyMs, missedBefore }: TickReport): void {
    if (this.timeline.length === 0) this.#beganMs = deadlineMs;
    if (this.timeline.length >= TIMELINE_TICKS) return;
    const atSeconds = (deadlineMs - this.#beganMs) / 1000;
    this.timeline.push({ atSeconds, outcome, latenessMs, latencyMs, missedBefore });
  }
}
