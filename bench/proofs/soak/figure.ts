/** The picture of a soak: memory over time, a panel for each process's figure, a line for each rate. */
import type { FigureSpec } from '../../../src/evaluation/figures/render.js';
import { FILLS, INK } from '../../../src/evaluation/figures/theme.js';
import type { SoakSample } from './samples.js';

export interface SoakCurve {
  readonly rateHz: number;
  /** Samples before this are not judged, minutes. */
  readonly warmUpSeconds: number;
  readonly samples: readonly SoakSample[];
}

/** Dark and plain, and vermilion with dashes (Okabe and Ito, 2008): distinguished by more than the hue. */
const COLOURS = [FILLS[0].paint, '#d55e00', '#009e73'];
const DASHES = [
  [1, 0],
  [6, 4],
  [2, 3],
];

const PANELS = [
  ['daemonMb', 'daemon, resident, MB'],
  ['heapMb', 'its heap after a forced collection, MB'],
  ['guardMb', 'key guard, resident, MB'],
] as const;

export function soakFigure(curves: readonly SoakCurve[]): FigureSpec {
  const rates = curves.map(({ rateHz }) => `${rateHz} Hz`);
  const warmUp = [...new Set(curves.map(({ warmUpSeconds }) => warmUpSeconds / 60))];
  return {
    title: {
      text: 'Memory of a long run',
      subtitle: 'what is left of the line is warm-up; only what is right of it is judged',
    },
    hconcat: PANELS.map(([field, title]) => ({
      width: 260,
      height: 220,
      layer: [
        {
          data: {
            values: curves.flatMap(({ rateHz, samples }) =>
              samples.map((sample) => ({ minutes: sample.seconds / 60, mb: sample[field], rate: `${rateHz} Hz` })),
            ),
          },
          mark: { type: 'line' as const, strokeWidth: 1.8 },
          encoding: {
            x: { field: 'minutes', type: 'quantitative' as const, title: 'minutes', axis: { grid: false } },
            y: { field: 'mb', type: 'quantitative' as const, title, scale: { zero: true } },
            stroke: { field: 'rate', type: 'nominal' as const, sort: rates, scale: { domain: rates, range: COLOURS } },
            strokeDash: {
              field: 'rate',
              type: 'nominal' as const,
              sort: rates,
              scale: { domain: rates, range: DASHES },
            },
          },
        },
        {
          data: { values: warmUp.map((minutes) => ({ minutes })) },
          mark: { type: 'rule' as const, stroke: INK, strokeWidth: 1, strokeDash: [2, 2] },
          encoding: { x: { field: 'minutes', type: 'quantitative' as const } },
        },
      ],
    })),
    spacing: 36,
  };
}
