/** Counts the ticks of a run by their outcome. The summary, the live page and the bench read this counter alone. */
import type { TickReport } from '../core/tick-report.js';

/** Of the run up to a tick. */
export interface TickCounts {
  /** Ticks that ran. */
  readonly ticks: number;
  /** Ticks that were skipped, whole periods too late. */
  readonly missedTicks: number;
  readonly lateTicks: number;
  readonly starvedTicks: number;
  readonly gatedTicks: number;
}

const NONE: TickCounts = { ticks: 0, missedTicks: 0, lateTicks: 0, starvedTicks: 0, gatedTicks: 0 };

export class TickCounter {
  #counts = NONE;

  /** The counts so far; a new object after each tick. */
  get counts(): TickCounts {
    return this.#counts;
  }

  /** Place of the newest tick in the run, missed ticks counted, 0-based; -1 before the first. */
  get slot(): number {
    return this.#counts.ticks + this.#counts.missedTicks - 1;
  }

  count({ outcome, missedBefore }: TickReport): void {
    const { ticks, missedTicks, lateTicks, starvedTicks, gatedTicks } = this.#counts;
    this.#counts = {
      ticks: ticks + 1,
      missedTicks: missedTicks + missedBefore,
      lateTicks: lateTicks + Number(outcome === 'late'),
      starvedTicks: starvedTicks + Number(outcome === 'starved'),
      gatedTicks: gatedTicks + Number(outcome === 'gated'),
    };
  }
}
