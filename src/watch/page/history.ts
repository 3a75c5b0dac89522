/** The ticks that the page shows: the last ten seconds by the run's clock. Bounded; does not use the document. */
import { quantiles } from '../../core/quantiles.js';
import { TICK_STEPS } from '../../core/tick-report.js';
import { MOST_TICKS, SHOWN_SECONDS, type WatchTick } from '../messages.js';

/** Figures of one kind of time over the kept ticks, ms. Nearest rank, so each figure was measured. */
export interface TimeFigures {
  readonly now: number | null;
  readonly p50: number | null;
  readonly p99: number | null;
  readonly max: number | null;
}

/** The kinds of time of a tick. */
export const TIMES = [...TICK_STEPS, 'latency', 'lateness'] as const;
export type TimeName = (typeof TIMES)[number];

export class History {
  #ticks: WatchTick[] = [];

  /** Oldest first. */
  get ticks(): readonly WatchTick[] {
    return this.#ticks;
  }

  get last(): WatchTick | null {
    return this.#ticks.at(-1) ?? null;
  }

  add(ticks: readonly WatchTick[]): void {
    if (ticks.length === 0) return;
    const all = [...this.#ticks, ...ticks];
    const oldest = all[all.length - 1].deadlineMs - SHOWN_SECONDS * 1000;
    this.#ticks = all.filter((tick) => tick.deadlineMs >= oldest).slice(-MOST_TICKS);
  }

  /** Another run begins. */
  clear(): void {
    this.#ticks = [];
  }

  figures(name: TimeName): TimeFigures {
    const values = this.#ticks.map((tick) => timeOf(tick, name)).filter((value) => value !== null);
    if (values.length === 0) return { now: null, p50: null, p99: null, max: null };
    const { p50, p99, max } = quantiles(values)!;
    const now = timeOf(this.#ticks[this.#ticks.length - 1], name);
    return { now, p50, p99, max };
  }
}

/** One time of a tick, ms; null where it had none. */
export function timeOf(tick: WatchTick, name: TimeName): number | null {
  if (name === 'latency') return tick.latencyMs;
  if (name === 'lateness') return tick.latenessMs;
  return tick.stageMs[name] ?? null;
}
