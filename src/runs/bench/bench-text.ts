/** A bench on one screen. */
import { TICK_STEPS } from '../../core/tick-report.js';
import type { Percentiles } from './time-histogram.js';
import { textTable } from '../../terminal/table.js';
import type { BenchResult } from './measure.js';

const HEADER = ['ms', 'p50', 'p90', 'p95', 'p99', 'p99.9', 'max', 'n'];

export function benchText(result: BenchResult): string {
  const { ticks, missedTicks, lateTicks, starvedTicks, gatedTicks, cpu, rssBytes, runtime, photonToKeyMs } = result;
  const rows: [string, Percentiles | null][] = [
    ['latency', result.latencyMs],
    ...TICK_STEPS.map((stage): [string, Percentiles | null] => [`  ${stage}`, result.stageMs[stage]]),
    ['lateness', result.latenessMs],
    ['deadline to edges', result.totalMs],
    ...(photonToKeyMs === null
      ? []
      : ([
          ['photon to key', photonToKeyMs],
          ['  phase of the tick', photonToKeyMs.phaseMs],
          ['  work', photonToKeyMs.workMs],
        ] as [string, Percentiles | null][])),
  ];
  const { gc, eventLoopDelayMs } = runtime;
  return [
    `${result.model.name} (${result.model.id}), ${result.mode}, ${paceText(result)}`,
    `  ${result.machine}`,
    `  ${ticks} ticks after ${result.warmupTicks} of warm-up: ${missedTicks} missed, ${lateTicks} late, ` +
      `${starvedTicks} starved, ${gatedTicks} gated`,
    '',
    textTable(
      HEADER,
      rows.map(([name, times]) => [name, ...cells(times)]),
    ),
    '',
    `  CPU ${cpu.agentPercent.toFixed(1)} % of a core, key guard ${cpu.guardPercent.toFixed(1)} %; ` +
      `resident ${(rssBytes / 1e6).toFixed(0)} MB` +
      (result.load === 0 ? '' : `; beside ${result.load} busy processes`),
    `  ${gc.count} garbage collections, ${gc.totalMs.toFixed(1)} ms in all, longest ${(gc.pauseMs?.max ?? 0).toFixed(1)} ms; ` +
      `event loop late by ${eventLoopDelayMs.p99.toFixed(1)} ms (p99), ${eventLoopDelayMs.max.toFixed(1)} ms (max)`,
    ...(photonToKeyMs === null || photonToKeyMs.unanswered === 0
      ? []
      : [`  ${photonToKeyMs.unanswered} flashes had no answer before the next one`]),
    contractText(result),
  ].join('\n');
}

function paceText({ paced, rateHz, measuredRateHz }: BenchResult): string {
  const measured = `${measuredRateHz.toFixed(2)} ticks a second`;
  return paced ? `${rateHz} Hz (${measured})` : `unpaced (${measured})`;
}

function contractText({ contract }: BenchResult): string {
  const { budgetMs, p99Ms, missRate, held, problems } = contract;
  const terms = `p99 <= ${p99Ms} ms, missed + late <= ${missRate} of the ticks, budget ${budgetMs} ms`;
  if (held) return `contract held: ${terms}`;
  return [`contract broken: ${terms}`, ...problems.map((problem) => `  ${problem}`)].join('\n');
}

function cells(times: Percentiles | null): string[] {
  if (times === null) return HEADER.slice(1).map(() => '-');
  const { p50, p90, p95, p99, p999, max, n } = times;
  return [...[p50, p90, p95, p99, p999, max].map((ms) => ms.toFixed(2)), String(n)];
}
