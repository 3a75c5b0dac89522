/** Counts a run: outcomes, latency and stage times. What a summary prints comes from here alone. */
import { quantiles, type Quantiles } from '../core/quantiles.js';
import {
  TICK_STEPS,
  type TickStep,
  type StatusFigures,
  type TickObserver,
  type TickReport,
} from '../core/tick-report.js';
import { SampleReservoir } from './sample-reservoir.js';
import { TickCounter, type TickCounts } from './tick-counts.js';

/** How many ticks had which outcome, the gated ones by gate. */
export interface RunCounts extends TickCounts {
  readonly actedTicks: number;
  /** The gated ones by the name of the gate that closed. */
  readonly gatedBy: Readonly<Record<string, number>>;
}

/** The figures of a run so far. Null where nothing was measured. */
export interface LoopFigures extends RunCounts {
  /** Ticks that ran by the time between the first and the last; 0 below two ticks. */
  readonly rateHz: number;
  readonly latencyMs: Quantiles | null;
  readonly latenessMs: Quantiles | null;
  readonly stageMs: Readonly<Record<TickStep, Quantiles | null>>;
}

export class Telemetry implements TickObserver {
  readonly isEssential = true;
  readonly #latencyMs = new SampleReservoir();
  readonly #latenessMs = new SampleReservoir();
  readonly #stageMs = new Map<TickStep, SampleReservoir>(TICK_STEPS.map((stage) => [stage, new SampleReservoir()]));
  readonly #counter = new TickCounter();
  readonly #gatedBy = new Map<string, number>();
  readonly #skipTicks: number;
  #intervals = 0;
  #spanMs = 0;
  #lastBeganMs: number | null = null;
  #lastTick = -1;

  /** @param warmupTicks ticks at the start whose times are not kept (counts are) */
  constructor(warmupTicks = 0) {
    this.#skipTicks = warmupTicks;
  }

  onTick(report: TickReport): void {
    this.#counter.count(report);
    if (report.outcome === 'gated') this.#countGate(report.gate);
    this.#measureSpan(report);
    if (this.#counter.counts.ticks <= this.#skipTicks) return;
    this.#latenessMs.add(report.latenessMs);
    if (report.latencyMs !== null) this.#latencyMs.add(report.latencyMs);
    for (const stage of TICK_STEPS) {
      const tookMs = report.stageMs[stage];
      if (tookMs !== undefined) this.#stageMs.get(stage)!.add(tookMs);
    }
  }

  /** The few figures of a status line: without quantiles, which would cost time at each call. */
  status(): StatusFigures {
    const { missedTicks, lateTicks, starvedTicks } = this.#counter.counts;
    return { rateHz: this.#rateHz(), latencyMs: this.#latencyMs.latest, missedTicks, lateTicks, starvedTicks };
  }

  /** The ticks by their outcome: as cheap as {@link status}. */
  counts(): RunCounts {
    const { ticks, missedTicks, lateTicks, starvedTicks, gatedTicks } = this.#counter.counts;
    const actedTicks = ticks - lateTicks - starvedTicks - gatedTicks;
    const gatedBy = Object.fromEntries(this.#gatedBy);
    return { ticks, missedTicks, actedTicks, lateTicks, starvedTicks, gatedTicks, gatedBy };
  }

  figures(): LoopFigures {
    return {
      ...this.counts(),
      rateHz: this.#rateHz(),
      latencyMs: quantiles(this.#latencyMs.samples()),
      latenessMs: quantiles(this.#latenessMs.samples()),
      stageMs: Object.fromEntries(
        TICK_STEPS.map((stage) => [stage, quantiles(this.#stageMs.get(stage)!.samples())]),
      ) as Record<TickStep, Quantiles | null>,
    };
  }

  /** A report names the gate before the colon; the reason behind it may differ from tick to tick. */
  #countGate(gate: string | null): void {
    const name = gate?.split(':', 1)[0] ?? 'unknown';
    this.#gatedBy.set(name, (this.#gatedBy.get(name) ?? 0) + 1);
  }

  #rateHz(): number {
    return this.#spanMs > 0 ? (1000 * this.#intervals) / this.#spanMs : 0;
  }

  /** From tick to tick as they really began. A new fight starts a new schedule: the gap before it does not count. */
  #measureSpan(report: TickReport): void {
    const beganMs = report.deadlineMs + report.latenessMs;
    const sameGrid = report.tick > this.#lastTick;
    if (this.#lastBeganMs !== null && sameGrid) {
      this.#intervals += 1;
      this.#spanMs += beganMs - this.#lastBeganMs;
    }
    this.#lastBeganMs = beganMs;
    this.#lastTick = report.tick;
  }
}
