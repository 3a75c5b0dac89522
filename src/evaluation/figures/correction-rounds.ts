/** How an agent played, round by round of its correction: means with their intervals, and which rounds were kept. */
import { fitted, type Figure } from './figure.js';
import { FILLS, INK } from './theme.js';

export interface PlayedRound {
  /** 0: the agent that was given. */
  readonly round: number;
  readonly mean: number;
  /** Of the 95 % interval; null where there is none. */
  readonly low: number | null;
  readonly high: number | null;
  readonly kept: boolean;
}

/** Height of the plot, px. */
const HEIGHT_PX = 240;

/** @param measure what the mean is, with its unit */
export function correctionRoundsFigure(rounds: readonly PlayedRound[], measure: string): Figure {
  return {
    id: 'rounds',
    title: 'What each round of correction was worth',
    reading:
      'Mean of each round with its 95 % interval; filled rounds were kept, for being better than the best before them fight by fight.',
    draw: (widthPx) => ({
      ...fitted(widthPx),
      height: HEIGHT_PX,
      data: { values: rounds.map((round) => ({ ...round })) },
      encoding: {
        x: {
          field: 'round',
          type: 'ordinal',
          title: 'round (0: as given)',
          axis: { labelAngle: 0, grid: false },
        },
      },
      layer: [
        {
          mark: { type: 'rule', strokeWidth: 2, color: INK },
          encoding: {
            y: { field: 'low', type: 'quantitative', title: measure, scale: { zero: false, nice: true } },
            y2: { field: 'high' },
          },
        },
        {
          mark: { type: 'point', filled: true, size: 110, strokeWidth: 2, opacity: 1, stroke: FILLS[0].paint },
          encoding: {
            y: { field: 'mean', type: 'quantitative' },
            fill: { condition: { test: 'datum.kept', value: FILLS[0].paint }, value: 'white' },
          },
        },
      ],
    }),
  };
}
