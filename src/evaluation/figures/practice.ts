/** How a practice went: fights won with drawn keys, update by update, and by thresholds at each check. */
import { wilson95 } from '../intervals.js';
import { fitted, type Figure } from './figure.js';
import { FILLS, INK } from './theme.js';

export interface PracticeCurve {
  readonly updates: readonly { readonly decisions: number; readonly won: number; readonly fights: number }[];
  /** `decisions`: practised until then; `isBest`: the one that was kept. */
  readonly checks: readonly {
    readonly decisions: number;
    readonly won: number;
    readonly fights: number;
    readonly isBest: boolean;
  }[];
}

/** Height of the plot, px. */
const HEIGHT_PX = 260;
/** Updates are averaged over as many, so that the eye sees the course and not the noise of 32 fights. */
const SMOOTH_UPDATES = 5;

/** @param checks at least one */
export function practiceFigure(name: string, { updates, checks }: PracticeCurve): Figure {
  return {
    id: 'practice',
    title: `Practice of ${name}`,
    reading: `Points: fights won by thresholds at each check, with 95 % intervals; the filled one is the best. Line: fights won with drawn keys, mean of ${SMOOTH_UPDATES} updates.`,
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
            data: { values: smoothed(updates) },
            mark: { type: 'line', strokeWidth: 2, stroke: '#d55e00', strokeDash: [6, 3] },
            encoding: { x, y: { ...y, field: 'percent', title: 'fights won, %' } },
          },
          {
            data: { values: checks.map(checkPoint) },
            mark: { type: 'rule', strokeWidth: 2, color: INK },
            encoding: { x, y: { ...y, field: 'low' }, y2: { field: 'high' } },
          },
          {
            data: { values: checks.map(checkPoint) },
            mark: { type: 'point', filled: true, size: 80, strokeWidth: 2, opacity: 1, stroke: FILLS[0].paint },
            encoding: {
              x,
              y: { ...y, field: 'percent' },
              fill: { condition: { test: 'datum.isBest', value: FILLS[0].paint }, value: 'white' },
            },
          },
        ],
      };
    },
  };
}

function checkPoint({ decisions, won, fights, isBest }: PracticeCurve['checks'][number]) {
  const [low, high] = wilson95(won, fights);
  return { decisions, percent: (100 * won) / fights, low: 100 * low, high: 100 * high, isBest };
}

function smoothed(updates: PracticeCurve['updates']): { decisions: number; percent: number }[] {
  let decisions = 0;
  return updates.map((update, index) => {
    decisions += update.decisions;
    const last = updates.slice(Math.max(0, index + 1 - SMOOTH_UPDATES), index + 1);
    const share = last.reduce((sum, { won, fights }) => sum + won / fights, 0) / last.length;
    return { decisions, percent: 100 * share };
  });
}
