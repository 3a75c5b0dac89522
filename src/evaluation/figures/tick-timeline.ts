/** Every tick of a run over time: how long it took from its deadline, and what became of it. */
import { fitted, type Figure } from './figure.js';
import { INK, MODEL_PAINTS } from './theme.js';

/** One tick. */
export interface DrawnTick {
  readonly atSeconds: number;
  /** Deadline to edges out; for a tick that decided nothing, its lateness. */
  readonly ms: number;
  readonly outcome: string;
  readonly missedBefore: number;
}

/** More points than pixels add nothing: of more, the slowest tick of each span is drawn. */
const MOST_POINTS = 2000;

/**
 * @param ticks in order
 * @param budgetMs drawn as a line
 */
export function tickTimelineFigure(ticks: readonly DrawnTick[], budgetMs: number): Figure {
  const missed = ticks.reduce((sum, { missedBefore }) => sum + missedBefore, 0);
  const points = thinned(ticks);
  const outcomes = [...new Set(points.map(({ outcome }) => outcome))];
  const values = points.map(({ atSeconds, ms, outcome }) => ({ atSeconds, ms, outcome }));
  return {
    id: 'ticks',
    title: 'Ticks over time',
    reading: `Each mark is a tick at its deadline, as high as it took until its keys were out; marks above the dashed budget of ${budgetMs} ms were too late. ${missed} ticks of ${ticks.length + missed} never ran.`,
    draw: (widthPx) => ({
      ...fitted(widthPx),
      height: 240,
      layer: [
        {
          data: { values },
          mark: { type: 'point', size: 18, filled: true, opacity: 0.7 },
          encoding: {
            x: { field: 'atSeconds', type: 'quantitative', title: 'time (s)' },
            y: { field: 'ms', type: 'quantitative', title: 'deadline to keys (ms)', scale: { zero: true } },
            color: { field: 'outcome', type: 'nominal', scale: { domain: outcomes, range: [...MODEL_PAINTS] } },
            shape: { field: 'outcome', type: 'nominal', scale: { domain: outcomes } },
          },
        },
        {
          data: { values: [{ budgetMs }] },
          mark: { type: 'rule', stroke: INK, strokeDash: [6, 4] },
          encoding: { y: { field: 'budgetMs', type: 'quantitative' } },
        },
      ],
    }),
  };
}

function thinned(ticks: readonly DrawnTick[]): readonly DrawnTick[] {
  const span = Math.ceil(ticks.length / MOST_POINTS);
  if (span <= 1) return ticks;
  const kept: DrawnTick[] = [];
  for (let from = 0; from < ticks.length; from += span) {
    kept.push(ticks.slice(from, from + span).reduce((slowest, tick) => (tick.ms > slowest.ms ? tick : slowest)));
  }
  return kept;
}
