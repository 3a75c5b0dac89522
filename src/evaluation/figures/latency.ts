/** How long the ticks of a live run took: a histogram with its quantiles and the budget. */
import { quantiles } from '../../core/quantiles.js';
import { fitted, type Figure } from './figure.js';
import { INK, MODEL_PAINTS } from './theme.js';

/** What a histogram is made of; also a report's JSON. */
export interface LatencyHistogram {
  readonly run: string;
  readonly n: number;
  readonly lateTicks: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
  /** Ticks with a latency in [from, to) ms. */
  readonly bins: readonly { readonly from: number; readonly to: number; readonly ticks: number }[];
}

/** Bars, at most. */
const MOST_BINS = 60;
/** Widths of a bar, ms. */
const BIN_WIDTHS_MS = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000];

/**
 * Sorts latencies into equal bins from 0 on.
 *
 * @param latencies ms, at least one
 * @param lateTicks ticks over the budget
 */
export function latencyHistogram(run: string, latencies: readonly number[], lateTicks: number): LatencyHistogram {
  const { p50, p95, p99, max } = quantiles(latencies)!;
  const width = BIN_WIDTHS_MS.find((candidate) => max / candidate < MOST_BINS) ?? max / MOST_BINS;
  const first = Math.floor(latencies.reduce((low, ms) => Math.min(low, ms), max) / width);
  const bins = Array.from({ length: Math.floor(max / width) - first + 1 }, (_, place) => {
    const [from, to] = [(first + place) * width, (first + place + 1) * width].map((ms) => Number(ms.toFixed(3)));
    return { from, to, ticks: 0 };
  });
  for (const ms of latencies) bins[Math.min(bins.length - 1, Math.floor(ms / width) - first)].ticks += 1;
  return { run, n: latencies.length, lateTicks, p50, p95, p99, max, bins };
}

export function latencyFigure({ run, n, bins, lateTicks, p50, p95, p99, max }: LatencyHistogram): Figure {
  const marks = [
    { name: 'p50', ms: p50 },
    { name: 'p95', ms: p95 },
    { name: 'p99', ms: p99 },
  ].map((mark) => ({ ...mark, label: `${mark.name} ${mark.ms.toFixed(1)} ms` }));
  const tallest = Math.max(...bins.map(({ ticks }) => ticks));
  return {
    id: 'latency',
    title: `Latency of the ticks of ${run}`,
    reading: `From the start of the grab to the keys sent, ${n} ticks, ${lateTicks} of them too late to be applied, the slowest ${max.toFixed(1)} ms; a long tail to the right matters more than the middle.`,
    draw: (widthPx) => ({
      ...fitted(widthPx),
      height: 220,
      layer: [
        {
          data: { values: bins.map((bin) => ({ ...bin })) },
          mark: { type: 'bar', fill: '#9fc3dc', stroke: INK, strokeWidth: 0.5, binSpacing: 0 },
          encoding: {
            x: {
              field: 'from',
              type: 'quantitative',
              title: 'latency (ms)',
              bin: { binned: true },
              axis: { grid: false },
            },
            x2: { field: 'to' },
            y: { field: 'ticks', type: 'quantitative', title: 'ticks', scale: { domain: [0, tallest * 1.3] } },
          },
        },
        {
          data: { values: marks },
          mark: { type: 'rule', stroke: MODEL_PAINTS[1], strokeWidth: 1.5, strokeDash: [4, 3] },
          encoding: { x: { field: 'ms', type: 'quantitative' } },
        },
        {
          data: { values: marks.map((mark, place) => ({ ...mark, at: tallest * (1.26 - 0.09 * place) })) },
          mark: { type: 'text', align: p99 > 0.7 * max ? 'right' : 'left', dx: p99 > 0.7 * max ? -4 : 4, fontSize: 11 },
          encoding: {
            x: { field: 'ms', type: 'quantitative' },
            y: { field: 'at', type: 'quantitative' },
            text: { field: 'label', type: 'nominal' },
          },
        },
      ],
    }),
  };
}
