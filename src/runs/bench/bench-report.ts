/** `bench --out`: the figures as JSON, and a page with tables, histograms and the timeline of ticks. */
import { join } from 'node:path';
import type { HistogramBar, Percentiles } from './time-histogram.js';
import { TICK_STEPS } from '../../core/tick-report.js';
import { writeWholeFile } from '../../core/whole-file.js';
import { drawFigure, type Figure } from '../../evaluation/figures/figure.js';
import { latencyFigure, latencyHistogram } from '../../evaluation/figures/latency.js';
import { tickTimelineFigure } from '../../evaluation/figures/tick-timeline.js';
import { facts, figure, htmlPage, paragraph, table, type Html, type Row } from '../../evaluation/report/page.js';
import type { BenchResult, Measurement } from './measure.js';

const COLUMNS = ['', 'p50', 'p90', 'p95', 'p99', 'p99.9', 'max', 'n'];

/**
 * Writes index.html and bench.json into a folder, making it; each file whole or not at all.
 *
 * @returns both paths
 * @throws UnderstudyError `write-failed`, `package-missing`
 */
export async function writeBenchReport(folder: string, measured: Measurement): Promise<readonly string[]> {
  const [page, json] = [join(folder, 'index.html'), join(folder, 'bench.json')];
  const html = await benchPage(measured);
  const next = 'Name another folder with --out, or free some space.';
  writeWholeFile(json, `${JSON.stringify(measured.result)}\n`, next);
  writeWholeFile(page, html, next);
  return [page, json];
}

async function benchPage(measured: Measurement): Promise<string> {
  const { result } = measured;
  const { contract, model, mode, rateHz, paced } = result;
  const drawn: Html[] = [];
  for (const each of figuresOf(measured)) drawn.push(figure(await drawFigure(each)));
  const verdict = contract.held
    ? paragraph(`The contract held: ${contractText(result)}.`)
    : paragraph(`The contract is broken: ${contractText(result)}. ${contract.problems.join('; ')}.`, 'warning');
  return htmlPage({
    title: `${model.name}: ${mode}, ${paced ? `${rateHz} Hz` : 'unpaced'}`,
    lead: `${result.ticks} ticks after ${result.warmupTicks} of warm-up; ${result.missedTicks} missed, ${result.lateTicks} late, ${result.starvedTicks} starved, ${result.gatedTicks} gated.`,
    sections: [
      { id: 'contract', title: 'Contract', body: [verdict] },
      { id: 'times', title: 'Times', body: [timesTable(result), ...drawn] },
      { id: 'machine', title: 'Machine and cost', body: [machineFacts(result)] },
    ],
    footer: `understudy ${result.versions['understudy']}, ${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC`,
  });
}

function contractText({ contract: { p99Ms, missRate, budgetMs } }: BenchResult): string {
  return `p99 of the latency at most ${p99Ms} ms, missed and late ticks at most ${missRate} of all, budget ${budgetMs} ms`;
}

function timesTable(result: BenchResult): Html {
  const { latencyMs, latenessMs, totalMs, stageMs, photonToKeyMs } = result;
  const rows: [string, Percentiles | null][] = [
    ['latency', latencyMs],
    ...TICK_STEPS.map((stage): [string, Percentiles | null] => [`- ${stage}`, stageMs[stage]]),
    ['lateness', latenessMs],
    ['deadline to keys', totalMs],
    ['photon to key', photonToKeyMs],
    ['- phase of the tick', photonToKeyMs?.phaseMs ?? null],
    ['- work', photonToKeyMs?.workMs ?? null],
  ];
  const shown = rows.filter((row): row is [string, Percentiles] => row[1] !== null);
  return table(
    'Milliseconds. Latency is from the start of the grab to the keys sent; lateness is against the schedule, ticks that never ran included.',
    COLUMNS,
    shown.map(([name, times]): Row => ({
      cells: [name, ...cells(times)],
      ...(name === 'latency' && { look: 'strong' }),
    })),
  );
}

function cells({ p50, p90, p95, p99, p999, max, n }: Percentiles): string[] {
  // seven figures of five characters fit a screen of 390 px
  const shown = (ms: number): string => ms.toFixed(ms < 10 ? 2 : ms < 100 ? 1 : 0);
  return [...[p50, p90, p95, p99, p999, max].map(shown), String(n)];
}

function figuresOf({ result, bars, photonBars, timeline }: Measurement): Figure[] {
  const histogram = (from: readonly HistogramBar[], late: number, words: Partial<Figure>): Figure[] => {
    const samples = from.flatMap(([ms, count]) => Array<number>(count).fill(ms));
    if (samples.length === 0) return [];
    return [{ ...latencyFigure(latencyHistogram('this run', samples, late)), ...words }];
  };
  const ticks = timeline.map(({ atSeconds, latenessMs, latencyMs, outcome, missedBefore }) => ({
    atSeconds,
    outcome,
    missedBefore,
    ms: latenessMs + (latencyMs ?? 0),
  }));
  return [
    ...histogram(bars.latency, result.lateTicks, { title: 'Latency of the ticks' }),
    ...histogram(photonBars, 0, {
      id: 'photon',
      title: 'From a change on the screen to the key event',
      reading: `Each of ${result.photonToKeyMs?.n ?? 0} flashes, from the page's drawing of it to the key event there; on a paced loop up to one period of it is the wait for the next tick.`,
    }),
    ...(ticks.length === 0 ? [] : [tickTimelineFigure(ticks, result.contract.budgetMs)]),
  ];
}

function machineFacts({ machine, versions, cpu, rssBytes, runtime, load, model, measuredRateHz }: BenchResult): Html {
  const { gc, eventLoopDelayMs } = runtime;
  return facts([
    ['machine', machine],
    [
      'versions',
      Object.entries(versions)
        .map((pair) => pair.join(' '))
        .join(', '),
    ],
    ['model', `${model.name} (${model.id})`],
    ['ticks a second', measuredRateHz.toFixed(3)],
    ['CPU of one core', `agent ${cpu.agentPercent.toFixed(1)} %, key guard ${cpu.guardPercent.toFixed(1)} %`],
    ['resident memory', `${(rssBytes / 1e6).toFixed(0)} MB`],
    ['busy processes beside it', String(load)],
    [
      'garbage collection',
      `${gc.count} times, ${gc.totalMs.toFixed(1)} ms in all, longest ${(gc.pauseMs?.max ?? 0).toFixed(1)} ms`,
    ],
    ['event loop late by', `p99 ${eventLoopDelayMs.p99.toFixed(1)} ms, max ${eventLoopDelayMs.max.toFixed(1)} ms`],
  ]);
}
