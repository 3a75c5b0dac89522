/** How a practice went: what fights were worth with drawn keys, update by update, and by thresholds at each check. */
import { meanOf } from '../game-scores.js';
import { wilson95 } from '../intervals.js';
import { fitted, type Figure } from './figure.js';
import { FILLS, INK } from './theme.js';

export interface PracticeCurve {
  /** Null where fights that are won are counted; else the event that tells the better agent. */
  readonly judgedBy: string | null;
  /** `value`: mean over the fights, of wins 0..1. */
  readonly updates: readonly { readonly decisions: number; readonly value: number }[];
  /** `decisions`: practised until then; `values`: of each fight; `isBest`: the one that was kept. */
  readonly checks: readonly {
    readonly decisions: number;
    readonly values: readonly number[];
    readonly isBest: boolean;
  }[];
}

/** Height of the plot, px. */
const HEIGHT_PX = 260;
/** Updates are averaged over as many, so that the eye sees the course and not the noise of 32 fights. */
const SMOOTH_UPDATES = 5;

/** @param checks at least one */
export function practiceFigure(name: string, { judgedBy, updates, checks }: PracticeCurve): Figure {
  const what = judgedBy ?? 'fights won';
  const points = checks.map((check) => checkPoint(check, judgedBy === null));
  return {
    id: 'practice',
    title: `Practice of ${name}`,
    reading: `Points: ${what} by thresholds at each check, with 95 % intervals; the filled one is the best. Line: ${what} with drawn keys, mean of ${SMOOTH_UPDATES} updates.`,
    draw: (widthPx) => {
      const x = {
        field: 'decisions',
        type: 'quantitative' as const,
        title: 'decisions practised',
        axis: { grid: false, format: '~s' },
      };
      const y = { type: 'quantitative' as const, scale: { zero: false, nice: true } };
      return {
        ...fitted(widthPx),
        height: HEIGHT_PX,
        layer: [
          {
            data: { values: smoothed(updates, judgedBy === null ? 100 : 1) },
            mark: { type: 'line', strokeWidth: 2, stroke: '#d55e00', strokeDash: [6, 3] },
            encoding: { x, y: { ...y, field: 'value', title: judgedBy ?? 'fights won, %' } },
          },
          {
            data: { values: points.filter(({ low }) => low !== null) },
            mark: { type: 'rule', strokeWidth: 2, color: INK },
            encoding: { x, y: { ...y, field: 'low' }, y2: { field: 'high' } },
          },
          {
            data: { values: points },
            mark: { type: 'point', filled: true, size: 80, strokeWidth: 2, opacity: 1, stroke: FILLS[0].paint },
            encoding: {
              x,
              y: { ...y, field: 'value' },
              fill: { condition: { test: 'datum.isBest', value: FILLS[0].paint }, value: 'white' },
            },
          },
        ],
      };
    },
  };
}

/** With its 95 % interval, which few fights do not have. */
function checkPoint({ decisions, values, isBest }: PracticeCurve['checks'][number], areWins: boolean) {
  if (!areWins) {
    const { mean, low, high } = meanOf(values)!;
    return { decisions, value: mean, low, high, isBest };
  }
  const won = values.reduce((sum, win) => sum + win, 0);
  const [low, high] = wilson95(won, values.length);
  return { decisions, value: (100 * won) / values.length, low: 100 * low, high: 100 * high, isBest };
}

/** @param scale of what is shown */
function smoothed(updates: PracticeCurve['updates'], scale: number): { decisions: number; value: number }[] {
  let decisions = 0;
  return updates.map((update, index) => {
    decisions += update.decisions;
    const last = updates.slice(Math.max(0, index + 1 - SMOOTH_UPDATES), index + 1);
    return { decisions, value: (scale * last.reduce((sum, { value }) => sum + value, 0)) / last.length };
  });
}
