/** The cost of keys that reach the game later: the win rate over the delay, with intervals. */
import { fitted, type Figure } from './figure.js';
import { INK, MODEL_PAINTS } from './theme.js';

/** Fights played at one delay; the interval is Wilson's, 95 %. */
export interface DelayRow {
  readonly delayMs: number;
  readonly fights: number;
  readonly wins: number;
  readonly winRate: number;
  readonly winRate95: readonly [low: number, high: number];
}

export function decisionDelayFigure(rows: readonly DelayRow[]): Figure {
  const sorted = [...rows].sort((a, b) => a.delayMs - b.delayMs);
  return {
    id: 'decision-delay',
    title: 'Win rate over the delay of decisions',
    reading:
      'How many fights the agent still wins when its keys reach the game that much later; the bars are 95 % intervals, and where they overlap nothing is shown to differ.',
    draw: (widthPx) => ({
      ...fitted(widthPx),
      height: 240,
      data: {
        values: sorted.map(({ delayMs, winRate, winRate95: [low, high], wins, fights }) => ({
          delayMs,
          winRate: 100 * winRate,
          low: 100 * low,
          high: 100 * high,
          label: `${wins}/${fights}`,
        })),
      },
      encoding: {
        x: {
          field: 'delayMs',
          type: 'quantitative',
          title: 'keys later by (ms)',
          axis: { grid: false },
          scale: { padding: 16 },
        },
      },
      layer: [
        {
          mark: { type: 'line', stroke: MODEL_PAINTS[0], strokeWidth: 1 },
          encoding: { y: { field: 'winRate', type: 'quantitative' } },
        },
        {
          mark: { type: 'rule', stroke: INK, strokeWidth: 1.5 },
          encoding: { y: { field: 'low', type: 'quantitative' }, y2: { field: 'high' } },
        },
        {
          mark: { type: 'point', filled: true, size: 60, fill: MODEL_PAINTS[0], opacity: 1 },
          encoding: {
            y: {
              field: 'winRate',
              type: 'quantitative',
              title: 'fights won (%)',
              scale: { domain: [0, 105], nice: false },
              axis: { values: [0, 25, 50, 75, 100] },
            },
          },
        },
        {
          mark: { type: 'text', align: 'left', dx: 7, dy: 10, fontSize: 11 },
          encoding: { y: { field: 'winRate', type: 'quantitative' }, text: { field: 'label', type: 'nominal' } },
        },
      ],
    }),
  };
}
