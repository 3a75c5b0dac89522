/** `bench --rate-sweep 5..120`: the highest rate at which no tick is missed. */
import { textTable } from '../../terminal/table.js';
import type { WatchedEnvironment } from '../environment.js';
import { measure, type BenchResult } from './measure.js';
import { atRate, type BenchRequest } from './request.js';

/** Rates that are tried where they lie within the range, Hz; the ends of the range are always tried. */
const RATES: readonly number[] = [5, 10, 15, 20, 30, 40, 50, 60, 75, 90, 100, 120, 144, 165, 200, 240];

/** `bench --rate-sweep --json`. */
export interface SweepResult {
  /** The highest rate of those measured at which, and below which, no tick was missed; null where there is none. */
  readonly highestHeldHz: number | null;
  readonly rates: readonly BenchResult[];
}

/** Measures rate after rate, upwards, each as long as the request says, until one is not held. */
export async function sweepRates(
  { from, to }: { readonly from: number; readonly to: number },
  request: BenchRequest,
  environment: WatchedEnvironment,
): Promise<SweepResult> {
  const { signals, say } = environment;
  const rates = [...new Set([from, ...RATES.filter((rate) => rate > from && rate < to), to])];
  const results: BenchResult[] = [];
  let highestHeldHz: number | null = null;
  for (const rate of rates) {
    if (signals.signal.aborted) break;
    say(`measuring ${rate} Hz for ${request.seconds} s`);
    const { result } = await measure(atRate(request, rate), environment);
    if (signals.signal.aborted) break; // half a measurement proves nothing
    results.push(result);
    if (result.ticks === 0 || result.missedTicks > 0) break;
    highestHeldHz = rate;
  }
  return { highestHeldHz, rates: results };
}

/** The sweep on one screen. */
export function sweepText({ highestHeldHz, rates }: SweepResult): string {
  const rows = rates.map(({ rateHz, ticks, missedTicks, lateTicks, latencyMs, totalMs, cpuPercent }) => [
    `${rateHz} Hz`,
    String(ticks),
    String(missedTicks),
    String(lateTicks),
    ...[latencyMs?.p50, latencyMs?.p99, totalMs?.max, cpuPercent].map((value) => value?.toFixed(1) ?? '-'),
  ]);
  return [
    textTable(['rate', 'ticks', 'missed', 'late', 'p50 ms', 'p99 ms', 'slowest ms', 'CPU %'], rows),
    '',
    highestHeldHz === null
      ? 'no rate was held without a missed tick'
      : `held without a missed tick: ${highestHeldHz} Hz`,
    rates[0]?.machine ?? '',
  ].join('\n');
}
