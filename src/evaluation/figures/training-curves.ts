/** How a training went: the loss of each epoch on training and on validation data, the epoch whose weights were kept. */
import { join } from 'node:path';
import { writeFigure, type FigureSpec } from './render.js';
import { FILLS, INK } from './theme.js';

/** The epochs of one model. */
export interface TrainingCurve {
  /** "autoencoder" */
  readonly model: string;
  /** What the loss is: "mean squared error". */
  readonly loss: string;
  /** 1-based, the one whose weights were kept. */
  readonly bestEpoch: number;
  readonly epochs: readonly {
    /** 1-based */
    readonly epoch: number;
    readonly loss: number;
    /** Null without validation data. */
    readonly validationLoss: number | null;
  }[];
}

const SERIES = ['training', 'validation'] as const;
/** Dark, and Okabe and Ito's vermilion. */
const COLOURS = [FILLS[0].paint, '#d55e00'] as const;

/** One panel a model, side by side, each with its own scale. */
export function trainingCurves(title: string, curves: readonly TrainingCurve[]): FigureSpec {
  return {
    title: { text: title, subtitle: 'loss of each epoch; the ring marks the epoch whose weights were kept' },
    hconcat: curves.map(panelOf),
    spacing: 40,
  };
}

function panelOf({ model, loss, bestEpoch, epochs }: TrainingCurve) {
  const values = epochs.flatMap(({ epoch, loss: training, validationLoss }) => [
    { epoch, series: SERIES[0], loss: training },
    ...(validationLoss === null ? [] : [{ epoch, series: SERIES[1], loss: validationLoss }]),
  ]);
  const kept = values.filter(({ epoch }) => epoch === bestEpoch).at(-1);
  const x = {
    field: 'epoch',
    type: 'quantitative' as const,
    title: 'epoch',
    scale: { domain: [1, Math.max(2, epochs.length)], nice: false },
    axis: { grid: false, format: 'd', tickMinStep: 1, labelFlush: false },
  };
  const y = { field: 'loss', type: 'quantitative' as const, title: loss, scale: { zero: false } };
  const series = { field: 'series', type: 'nominal' as const, sort: [...SERIES] };
  const domain = [...SERIES];
  return {
    title: { text: model, fontSize: 13, offset: 6 },
    width: 320,
    height: 220,
    layer: [
      {
        data: { values },
        // lightness, dashes and the shape of the points tell the two apart, not the hue alone
        mark: { type: 'line' as const, strokeWidth: 2 },
        encoding: {
          x,
          y,
          stroke: { ...series, scale: { domain, range: [...COLOURS] } },
          strokeDash: {
            ...series,
            scale: {
              domain,
              range: [
                [1, 0],
                [6, 4],
              ],
            },
          },
        },
      },
      {
        data: { values },
        mark: { type: 'point' as const, filled: true, size: 40, opacity: 1 },
        encoding: {
          x,
          y,
          fill: { ...series, scale: { domain, range: [...COLOURS] } },
          shape: { ...series, scale: { domain, range: ['circle', 'square'] } },
        },
      },
      {
        data: { values: kept === undefined ? [] : [kept] },
        mark: { type: 'point' as const, filled: false, size: 220, stroke: INK, strokeWidth: 1.5 },
        encoding: { x, y },
      },
    ],
  };
}

/**
 * Writes `training-curves.svg` and `.png` into a folder.
 *
 * @returns both paths
 * @throws UnderstudyError as writeFigure
 */
export function writeTrainingCurves(
  folder: string,
  title: string,
  curves: readonly TrainingCurve[],
): Promise<readonly string[]> {
  return writeFigure(join(folder, 'training-curves'), trainingCurves(title, curves));
}
