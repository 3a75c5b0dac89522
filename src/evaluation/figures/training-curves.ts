/** How a training went: the loss of each epoch on training and on validation data, the epoch whose weights were kept. */
import { isNarrow, paddingPx, type Figure } from './figure.js';
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
  /** The loss without any learning: that of always answering the mean frame; null where none is known. */
  readonly meanFrameLoss: number | null;
}

const SERIES = ['training', 'validation'] as const;
/** Dark, and Okabe and Ito's vermilion. */
const COLOURS = [FILLS[0].paint, '#d55e00'] as const;
/** Room for an axis with its title, and between two panels, px. */
const AXIS_PX = 76;
const SPACING_PX = 24;

/**
 * One panel a model, each with its own scale.
 *
 * @param curves at least one
 */
export function trainingCurvesFigure(id: string, title: string, curves: readonly TrainingCurve[]): Figure {
  const hasMeanFrame = curves.some(({ meanFrameLoss }) => meanFrameLoss !== null);
  return {
    id,
    title,
    reading: `Loss of each epoch, each panel on its own scale; the ring marks the epoch whose weights were kept. Validation that rises while training falls is learning by heart.${hasMeanFrame ? ' The line of dashes is what always answering the mean frame would cost: an autoencoder near it has learned nothing.' : ''}`,
    draw: (widthPx) => {
      const padding = paddingPx(widthPx);
      const across = isNarrow(widthPx) ? 1 : Math.min(2, curves.length);
      const outer = (widthPx - 2 * padding - (across - 1) * SPACING_PX) / across;
      const width = Math.floor(Math.min(480, outer - AXIS_PX));
      const panels = curves.map((curve) => panelOf(curve, width));
      const legend = { legend: { orient: 'bottom' as const, title: null } };
      return { padding, concat: panels, columns: across, spacing: SPACING_PX, config: legend };
    },
  };
}

function panelOf({ model, loss, bestEpoch, epochs, meanFrameLoss }: TrainingCurve, width: number) {
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
  const ring = { type: 'point' as const, filled: false, size: 220, stroke: INK, strokeWidth: 1.5 };
  return {
    title: { text: model, fontSize: 13, offset: 6 },
    width,
    height: 220,
    layer: [
      ...seriesLayers(values, x, y),
      { data: { values: kept === undefined ? [] : [kept] }, mark: ring, encoding: { x, y } },
      ...(meanFrameLoss === null ? [] : meanFrameLayers(meanFrameLoss, epochs.length, x, y)),
    ],
  };
}

/** The two series differ in lightness, dashes and the shape of the points, not in hue alone. */
function seriesLayers<X, Y>(values: readonly { series: string }[], x: X, y: Y) {
  const series = { field: 'series', type: 'nominal' as const, sort: [...SERIES] };
  const domain = [...SERIES];
  const colours = { domain, range: [...COLOURS] };
  const dashes = [
    [1, 0],
    [6, 4],
  ];
  const data = { values: [...values] };
  return [
    {
      data,
      mark: { type: 'line' as const, strokeWidth: 2 },
      encoding: {
        x,
        y,
        stroke: { ...series, scale: colours },
        strokeDash: { ...series, scale: { domain, range: dashes } },
      },
    },
    {
      data,
      mark: { type: 'point' as const, filled: true, size: 40, opacity: 1 },
      encoding: {
        x,
        y,
        fill: { ...series, scale: colours },
        shape: { ...series, scale: { domain, range: ['circle', 'square'] } },
      },
    },
  ];
}

function meanFrameLayers<X, Y>(loss: number, lastEpoch: number, x: X, y: Y) {
  const data = { values: [{ loss, epoch: Math.max(2, lastEpoch), label: 'the mean frame' }] };
  return [
    { data, mark: { type: 'rule' as const, stroke: INK, strokeWidth: 1, strokeDash: [2, 3] }, encoding: { y } },
    {
      data,
      mark: { type: 'text' as const, align: 'right' as const, baseline: 'top' as const, dy: 4, fontSize: 11 },
      encoding: { x, y, text: { field: 'label', type: 'nominal' as const } },
    },
  ];
}
