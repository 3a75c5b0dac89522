/// <reference lib="dom" />
/** How long ticks take, step by step, how late they begin, and how they ended. */
import { TICK_STEPS } from '../../core/tick-report.js';
import type { WatchTick } from '../messages.js';
import { Chart, type ChartData } from './chart.js';
import { head, make, part, row, write } from './dom.js';
import { TIMES, type History, type TimeName } from './history.js';
import { secondsBeforeLast, stackedStages } from './series.js';

const FIGURES = ['now', 'p50', 'p99', 'max'] as const;
const COUNTS = ['slot', 'outcome', 'rate', 'missed', 'late', 'starved', 'gated'] as const;
/** Charts span at least this much, ms, so that noise of microseconds does not fill an axis. */
const LEAST_MS = 2;

export class Timing {
  readonly #stages: Chart;
  readonly #lateness: Chart;
  readonly #cells = new Map<string, HTMLElement>();

  private constructor(stages: Chart, lateness: Chart) {
    this.#stages = stages;
    this.#lateness = lateness;
    const body = make('tbody');
    for (const name of TIMES) {
      const swatch = make('span', { class: 'swatch', 'data-stage': name, 'aria-hidden': 'true' });
      const cells = FIGURES.map((figure) => this.#cell(`${name} ${figure}`));
      const line = row(make('span', {}, swatch, name), ...cells);
      line.dataset.time = name;
      body.append(line);
    }
    part('times').append(head('ms', ...FIGURES), body);
    for (const name of COUNTS) {
      const value = make('dd', { 'data-count': name }, '-');
      this.#cells.set(name, value);
      part('counts').append(make('div', {}, make('dt', {}, name), value));
    }
  }

  static async open(): Promise<Timing> {
    const [stages, lateness] = await Promise.all([
      Chart.open(part('stages-chart'), {
        height: 170,
        axes: true,
        range: ([, ...rows]) => [0, niceTop(rows)],
        // the largest sum first, so that the smaller ones are painted over it
        series: (colour) =>
          [...TICK_STEPS]
            .reverse()
            .map((stage) => ({ fill: colour(`stage-${stage}`), width: 0, points: { show: false } })),
      }),
      Chart.open(part('lateness-chart'), {
        height: 90,
        axes: true,
        range: ([, ...rows]) => [0, niceTop(rows)],
        series: (colour) => [{ stroke: colour('text'), width: 1.5, points: { show: false } }],
      }),
    ]);
    return new Timing(stages, lateness);
  }

  show(history: History): void {
    const { ticks, last } = history;
    const x = secondsBeforeLast(ticks);
    this.#stages.show([x, ...stackedStages(ticks).reverse()] as ChartData);
    this.#lateness.show([x, ticks.map(({ latenessMs }) => latenessMs)]);
    for (const name of TIMES) this.#showTime(name, history);
    if (last !== null) this.#showCounts(last, ticks);
  }

  #showTime(name: TimeName, history: History): void {
    const figures = history.figures(name);
    for (const figure of FIGURES) {
      const value = figures[figure];
      write(this.#cells.get(`${name} ${figure}`)!, value === null ? '-' : value.toFixed(3));
    }
  }

  #showCounts(last: WatchTick, ticks: readonly WatchTick[]): void {
    const spanMs = last.deadlineMs - ticks[0].deadlineMs;
    const { missedTicks: missed, lateTicks: late, starvedTicks: starved, gatedTicks: gated } = last.counts;
    const rate = spanMs > 0 ? `${((ticks.length - 1) / (spanMs / 1000)).toFixed(1)} Hz` : '-';
    const values = { slot: last.slot, outcome: last.outcome, rate, missed, late, starved, gated };
    for (const name of COUNTS) write(this.#cells.get(name)!, String(values[name]));
  }

  #cell(name: string): HTMLElement {
    const cell = make('span', {}, '-');
    this.#cells.set(name, cell);
    return cell;
  }
}

/** A round number above all values: the axis does not change while values change a little. */
function niceTop(rows: readonly (readonly (number | null)[])[]): number {
  const most = rows.reduce((top, values) => values.reduce<number>((high, value) => Math.max(high, value ?? 0), top), 0);
  const wanted = Math.max(LEAST_MS, most * 1.1);
  const power = 10 ** Math.floor(Math.log10(wanted));
  return power * ([1, 2, 5, 10].find((factor) => factor * power >= wanted) ?? 10);
}
