/**
 * Scores as colours with their values written in them: precision, recall and F1 of each action, for one model, for two
 * side by side, for all of a sweep; and models against each other. The scale is always 0 to 1; a cell without a
 * value is hatched and says N/A.
 */
import { listed } from '../names-text.js';
import { isNarrow, paddingPx, type Figure } from './figure.js';
import type { FigureSpec } from './render.js';
import { ABSENT, INK, RAMP, THIN_INK, THIN_PAINT, WHITE_TEXT_ABOVE } from './theme.js';

/** A cell; `value` null is N/A, `isThin` is greyed out. */
interface Cell {
  readonly panel: string;
  readonly row: string;
  readonly column: string;
  readonly value: number | null;
  readonly text: string;
  readonly isThin: boolean;
}

/** A model's scores as the heatmaps take them. */
export interface HeatmapModel {
  readonly name: string;
  readonly composite: number;
  readonly perAction: Readonly<
    Record<
      string,
      { readonly precision: number; readonly recall: number; readonly f1: number; readonly support: number }
    >
  >;
  /** Actions with too little support to rank by. */
  readonly thin: readonly string[];
}

const METRICS = [
  ['precision', 'precision'],
  ['recall', 'recall'],
  ['f1', 'F1'],
] as const;

const READING =
  'Darker is better and the scale is 0 to 1 for every cell; a hatched N/A means that the human never held the action, a grey value that too few frames stand behind it.';

function cellOf(panel: string, row: string, column: string, value: number | null, isThin: boolean): Cell {
  return {
    panel,
    row,
    column,
    value,
    text: value === null ? 'N/A' : value.toFixed(2),
    isThin: value !== null && isThin,
  };
}

/** `UP (n=217)`. */
const actionRow = (action: string, support: number): string => `${action} (n=${support})`;

/**
 * Precision, recall and F1 per action: a panel a model, each under its name and composite, in the order given.
 *
 * @param id of the figure
 */
export function scoreHeatmap(id: string, title: string, models: readonly HeatmapModel[]): Figure {
  const panels = models.map(({ name, composite }) => `${name}: ${composite.toFixed(3)}`);
  const cells = models.flatMap(({ perAction, thin }, place) =>
    Object.entries(perAction).flatMap(([action, score]) => {
      const row = actionRow(action, score.support);
      return METRICS.map(([field, column]) =>
        cellOf(panels[place], row, column, score.support === 0 ? null : score[field], thin.includes(action)),
      );
    }),
  );
  // all panels are of the same frames in a report; a sweep's too, so rows are shared
  const rows = Object.entries(models[0].perAction).map(([action, { support }]) => actionRow(action, support));
  const columns = METRICS.map(([, column]) => column);
  const letters = Math.max(ROOMY_LETTERS, ...Object.keys(models[0].perAction).map((action) => action.length));
  const labelPx = ROW_LABEL_PX + (letters - ROOMY_LETTERS) * LETTER_PX;
  return {
    id,
    title,
    reading: `Behind each name stands the composite. ${READING}`,
    draw: (widthPx) => {
      const across = isNarrow(widthPx) ? 1 : Math.min(models.length, models.length > 4 ? 4 : 2);
      const step = Math.min(130, Math.floor((widthPx - labelPx - 2 * paddingPx(widthPx) - across * 24) / (3 * across)));
      return panelled({ cells, rows, columns, panels, across, step, widthPx });
    },
  };
}

/** Models to be compared, and the actions whose mean F1 their composite is. */
export interface ComparedModels {
  readonly trials: readonly HeatmapModel[];
  readonly scored: readonly string[];
}

/** Composite and F1 per action, a row a model, in the order given. */
export function comparisonHeatmap(id: string, title: string, { trials: models, scored }: ComparedModels): Figure {
  const rows = models.map(({ name }, place) => `${place + 1}. ${name}`);
  const cells = models.flatMap(({ composite, perAction, thin }, place) => [
    cellOf('', rows[place], 'composite', composite, false),
    ...Object.entries(perAction).map(([action, { f1, support }]) => {
      return cellOf('', rows[place], action, support === 0 ? null : f1, thin.includes(action));
    }),
  ]);
  return {
    id,
    title,
    reading: `Models from best to worst: their composite (mean F1 of ${listed(scored)}) and the F1 of each action. ${READING}`,
    draw: (widthPx) => {
      const longest = Math.max(...rows.map((row) => row.length));
      // Vega assumes 0.8 em a character
      const labels = Math.min(longest * 9.6 + 16, widthPx / 2);
      const columns = ['composite', ...Object.keys(models[0].perAction)];
      const step = Math.floor((widthPx - labels - 2 * paddingPx(widthPx)) / columns.length);
      return panelled({ cells, rows, columns, panels: [''], across: 1, step, widthPx, labelLimit: labels - 8 });
    },
  };
}

/** Room for `SHOOT (n=12345)`, and for each letter of a longer name. px */
const [ROW_LABEL_PX, LETTER_PX] = [128, 8.5];
/** Letters of a name that {@link ROW_LABEL_PX} has room for. */
const ROOMY_LETTERS = 5;
const ROW_PX = 30;

interface Panels {
  readonly cells: readonly Cell[];
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  readonly panels: readonly string[];
  /** Panels beside each other. */
  readonly across: number;
  /** Width of a cell, px. */
  readonly step: number;
  readonly widthPx: number;
  readonly labelLimit?: number;
}

function panelled(all: Panels): FigureSpec {
  const { cells, columns, panels, across, step, widthPx } = all;
  return {
    data: { values: cells.map((cell) => ({ ...cell })) },
    padding: paddingPx(widthPx),
    ...(panels.length === 1 && panels[0] === '' ? {} : { columns: across }),
    facet: {
      field: 'panel',
      type: 'nominal',
      sort: [...panels],
      title: null,
      header: {
        labelFontSize: 12,
        labelFontWeight: 'bold',
        labelAnchor: 'start',
        labelLimit: columns.length * step + (across === 1 ? 40 : 0),
        ...(panels[0] === '' ? { labels: false } : {}),
      },
    },
    spec: {
      width: { step },
      height: { step: ROW_PX },
      encoding: positionOf(all),
      layer: layersOf(step),
    },
    resolve: { scale: { y: 'shared' } },
  } as FigureSpec;
}

/** The position of a cell. */
function positionOf({ rows, columns, step, labelLimit }: Panels) {
  return {
    x: {
      field: 'column',
      type: 'nominal' as const,
      sort: [...columns],
      title: null,
      axis: { labelAngle: step < 50 ? -60 : 0, ticks: false, domain: false, labelOverlap: false },
    },
    y: {
      field: 'row',
      type: 'nominal' as const,
      sort: [...rows],
      title: null,
      axis: { ticks: false, domain: false, labelLimit: labelLimit ?? 0, labelOverlap: false },
    },
  };
}

/** Values as colours, thin and absent ones in separate paints, and every value as text. */
function layersOf(step: number) {
  const rect = { type: 'rect' as const, stroke: 'white', strokeWidth: 1 };
  const text = { type: 'text' as const, fontSize: step < 34 ? 9 : 12 };
  return [
    {
      transform: [{ filter: 'datum.value !== null && !datum.isThin' }],
      mark: rect,
      encoding: {
        fill: {
          field: 'value',
          type: 'quantitative',
          scale: { domain: [0, 1], range: [...RAMP], clamp: true },
          legend: {
            orient: 'bottom',
            title: 'score, 0 to 1',
            gradientLength: 180,
            values: [0, 0.25, 0.5, 0.75, 1],
            format: '.2~f',
          },
        },
      },
    },
    { transform: [{ filter: 'datum.isThin' }], mark: { ...rect, fill: THIN_PAINT } },
    { transform: [{ filter: 'datum.value === null' }], mark: { ...rect, fill: ABSENT.paint } },
    {
      mark: text,
      encoding: {
        text: { field: 'text', type: 'nominal' },
        color: {
          condition: [
            { test: 'datum.isThin || datum.value === null', value: THIN_INK },
            { test: `datum.value > ${WHITE_TEXT_ABOVE}`, value: 'white' },
          ],
          value: INK,
        },
      },
    },
  ];
}
