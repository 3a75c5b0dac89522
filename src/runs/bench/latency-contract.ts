/** The contract of a bench: how often ticks may fail and how long the slowest may take; and which term was broken. */
import { UnderstudyError } from '../../core/errors.js';
import type { TickCounts } from '../../agent/tick-counts.js';
import type { Percentiles } from './time-histogram.js';

export interface LatencyContract {
  /** Ms; a tick whose lateness + latency is above it counts as late. */
  readonly budgetMs: number;
  /** 99 % of the latencies are at most this, ms. */
  readonly p99Ms: number;
  /** missed + late <= this share of all ticks that were due, 0..1. */
  readonly missRate: number;
}

/** One term that does not hold, in words with its figures. */
export interface BrokenTerm {
  readonly term: 'measured' | 'miss-rate' | 'p99' | 'starved' | 'gated';
  readonly message: string;
}

/** What a bench says of it. */
export interface JudgedBench {
  readonly contract: {
    readonly held: boolean;
    readonly broken: readonly string[];
    readonly problems: readonly string[];
  };
  readonly latencyMs: Percentiles | null;
}

export interface ContractVerdict {
  readonly held: boolean;
  readonly broken: readonly BrokenTerm[];
}

/**
 * Judges a run. A run in which nothing was decided breaks the contract: without latencies there is no p99. Starved and
 * gated ticks decided nothing either; each kind is judged separately by the same miss rate.
 */
export function judge(contract: LatencyContract, counts: TickCounts, latencyMs: Percentiles | null): ContractVerdict {
  const broken: BrokenTerm[] = [];
  const { ticks, missedTicks, lateTicks, starvedTicks, gatedTicks } = counts;
  const due = ticks + missedTicks;
  const allowed = contract.missRate * due;
  const failed = missedTicks + lateTicks;
  if (latencyMs === null) {
    broken.push({ term: 'measured', message: `no tick of ${due} decided anything, so there is no latency to judge` });
  } else if (latencyMs.p99 > contract.p99Ms) {
    const { p99, max } = latencyMs;
    broken.push({
      term: 'p99',
      message: `p99 latency ${p99.toFixed(2)} ms, allowed ${contract.p99Ms} ms (slowest of ${latencyMs.n}: ${max.toFixed(2)} ms)`,
    });
  }
  if (failed > allowed) {
    broken.push({
      term: 'miss-rate',
      message:
        `${missedTicks} missed and ${lateTicks} late of ${due} ticks, allowed ${Math.floor(allowed)} ` +
        `(budget ${contract.budgetMs} ms)`,
    });
  }
  for (const [term, count] of [
    ['starved', starvedTicks],
    ['gated', gatedTicks],
  ] as const) {
    if (count > allowed)
      broken.push({ term, message: `${count} of ${due} ticks were ${term}, allowed ${Math.floor(allowed)}` });
  }
  return { held: broken.length === 0, broken };
}

/**
 * For the end, after the figures are printed: a script gets both.
 *
 * @throws UnderstudyError `contract-broken`
 */
export function refuseBroken({ contract, latencyMs }: JudgedBench): void {
  if (contract.held) return;
  const can = latencyMs === null ? '' : ` This machine did p99 ${latencyMs.p99.toFixed(2)} ms.`;
  throw new UnderstudyError({
    kind: 'contract',
    code: 'contract-broken',
    message: `The contract does not hold (${contract.broken.join(', ')}): ${contract.problems.join('; ')}.${can}`,
    next: 'Allow more (--p99-ms, --budget-ms, --miss-rate), lower --rate, or free the machine.',
  });
}
