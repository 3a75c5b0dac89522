/** What other thresholds would have scored: a small panel an action, with the threshold in force marked. */
import type { Thresholds } from '../../policy/thresholds.js';
import type { ActionCurve, CurvePoint } from '../curves.js';
import { isNarrow, paddingPx, type Figure } from './figure.js';
import type { FigureSpec } from './render.js';
import { INK, MODEL_PAINTS } from './theme.js';

/** A model's curves. */
export interface CurveModel {
  readonly name: string;
  readonly curves: Readonly<Record<string, ActionCurve>>;
  readonly thresholds: Thresholds;
}

/** The point of a curve that lies nearest the threshold in force; null where the model does not know the action. */
function pointInForce({ points }: ActionCurve, thresholds: Thresholds, action: string): CurvePoint | null {
  const press = thresholds[action]?.press;
  if (press === undefined || points.length === 0) return null;
  return points.reduce((nearest, point) =>
    Math.abs(point.threshold - press) < Math.abs(nearest.threshold - press) ? point : nearest,
  );
}

/** F1 over the threshold. */
export function f1CurvesFigure(id: string, model: CurveModel): Figure {
  const { name, curves } = model;
  const rows = rowsOf(model, ({ threshold, f1 }) => {
    return { x: threshold, y: f1, label: `${f1.toFixed(2)} at ${threshold.toFixed(2)}` };
  });
  return {
    id,
    title: `${name}: F1 over the threshold`,
    reading:
      'The dot is the threshold in force: left of the top the model presses too much, right of it too seldom; a flat top means that the threshold hardly matters.',
    draw: (widthPx) => panels({ rows, actions: Object.keys(curves), widthPx }, 'threshold', 'F1'),
  };
}

/** Precision over recall. */
export function precisionRecallFigure(id: string, model: CurveModel): Figure {
  const { name, curves } = model;
  const rows = rowsOf(model, ({ precision, recall }) => {
    if (precision === null) return null;
    return { x: recall, y: precision, label: `${precision.toFixed(2)}, ${recall.toFixed(2)}` };
  });
  const areas = heldActions(curves).map((action) => `${action} ${curves[action].averagePrecision!.toFixed(2)}`);
  return {
    id,
    title: `${name}: precision over recall`,
    reading: `A curve that hugs the upper right corner belongs to an action that the model recognizes at any threshold; the dot is the one in force (average precision: ${areas.join(', ')}).`,
    draw: (widthPx) => panels({ rows, actions: Object.keys(curves), widthPx }, 'recall', 'precision'),
  };
}

const heldActions = (curves: CurveModel['curves']): string[] =>
  Object.keys(curves).filter((action) => curves[action].support > 0);

interface CurveRow {
  readonly action: string;
  readonly x: number;
  readonly y: number;
  readonly order: number;
  readonly inForce: boolean;
  readonly label: string;
}

/** The rows of all points that have a place. */
function rowsOf(
  { curves, thresholds }: CurveModel,
  placeOf: (point: CurvePoint) => Pick<CurveRow, 'x' | 'y' | 'label'> | null,
): CurveRow[] {
  return heldActions(curves).flatMap((action) => {
    const inForce = pointInForce(curves[action], thresholds, action);
    return curves[action].points.flatMap((point) => {
      const place = placeOf(point);
      return place === null ? [] : [{ action, ...place, order: point.threshold, inForce: point === inForce }];
    });
  });
}

interface CurvePanels {
  readonly rows: readonly CurveRow[];
  /** The order of the panels; those without a row have none. */
  readonly actions: readonly string[];
  readonly widthPx: number;
}

function panels({ rows, actions, widthPx }: CurvePanels, xTitle: string, yTitle: string): FigureSpec {
  const across = isNarrow(widthPx) ? 2 : 4;
  const side = Math.floor((widthPx - 2 * paddingPx(widthPx) - 56 - 20 * (across - 1)) / across);
  const axis = (title: string) => ({
    type: 'quantitative' as const,
    title,
    scale: { domain: [0, 1], nice: false },
    axis: { values: [0, 0.5, 1], format: '.1~f' },
  });
  const position = { x: { field: 'x', ...axis(xTitle) }, y: { field: 'y', ...axis(yTitle) } };
  return {
    data: { values: rows.map((row) => ({ ...row })) },
    padding: paddingPx(widthPx),
    columns: across,
    facet: {
      field: 'action',
      type: 'nominal',
      sort: [...actions],
      title: null,
      header: { labelFontSize: 12, labelFontWeight: 'bold', labelAnchor: 'start' },
    },
    spec: {
      width: side,
      height: Math.min(side, 150),
      layer: [
        { mark: { type: 'line', stroke: INK, strokeWidth: 1.5 }, encoding: { ...position, order: { field: 'order' } } },
        {
          transform: [{ filter: 'datum.inForce' }],
          mark: { type: 'point', filled: true, size: 70, fill: MODEL_PAINTS[1], stroke: 'white', opacity: 1 },
          encoding: position,
        },
        {
          transform: [{ filter: 'datum.inForce' }],
          mark: { type: 'text', fontSize: 10 },
          encoding: { x: { datum: 0.5 }, y: { datum: 0.1 }, text: { field: 'label', type: 'nominal' } },
        },
      ],
    },
  };
}
