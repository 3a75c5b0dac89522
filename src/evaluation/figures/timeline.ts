/** What the human held and what models would have: a filled row an action, with a lane of marks a model inside it. */
import type { Timeline } from '../timelines.js';
import { fitted, isNarrow, type Figure } from './figure.js';
import { HUMAN_PAINT, INK, MODEL_PAINTS } from './theme.js';

/** Models on one timeline, at most: the study's top three. */
export const TIMELINE_MODELS = MODEL_PAINTS.length;

const HUMAN = 'human';

interface Mark {
  readonly who: string;
  readonly action: string;
  readonly from: number;
  readonly to: number;
  /** In rows, from the top of the drawing. */
  readonly top: number;
  readonly bottom: number;
}

/** Share of a row that the human's fill leaves free above and below. */
const MARGIN = 0.06;

/** The human's rows, and a lane in each of them a model. */
function marksOf({ human, models }: Timeline, names: readonly string[], labels: readonly string[]): Mark[] {
  const lane = (1 - 4 * MARGIN) / names.length;
  return Object.entries(human).flatMap(([action, runs], row): Mark[] => [
    ...runs.map(([from, to]) => ({
      who: HUMAN,
      action,
      from,
      to,
      top: row + MARGIN,
      bottom: row + 1 - MARGIN,
    })),
    ...names.flatMap((name, place) => {
      const top = row + 2 * MARGIN + place * lane;
      const held = models.find((model) => model.name === name)!.held[action];
      return held.map(([from, to]) => ({
        who: labels[place],
        action,
        from,
        to,
        top: top + 0.2 * lane,
        bottom: top + 0.8 * lane,
      }));
    }),
  ]);
}

/**
 * One fight.
 *
 * @param names of the models to draw, best first, at most {@link TIMELINE_MODELS}
 */
export function timelineFigure(id: string, timeline: Timeline, names: readonly string[], rateHz: number): Figure {
  const { session, fight, predicted, human } = timeline;
  const actions = Object.keys(human);
  const labels = names.map((name, place) => (names.length === 1 ? name : `${place + 1}. ${name}`));
  const marks = marksOf(timeline, names, labels);
  const order = names.length === 1 ? '' : '; its lanes follow the ranking from top to bottom';
  return {
    id,
    title: `Timeline of fight ${fight + 1} (${session})`,
    reading: `Green rows are what the human held, the bars on them what a model would have held${order}: green without a bar is a press missed, a bar without green one too many.`,
    draw: (widthPx) => ({
      ...fitted(widthPx),
      data: { values: marks.map((mark) => ({ ...mark })) },
      height: actions.length * (isNarrow(widthPx) ? 36 : 20 + 14 * names.length),
      layer: [
        {
          data: { values: actions.slice(1).map((_, row) => ({ at: row + 1 })) },
          mark: { type: 'rule', stroke: '#9a9a9a', strokeWidth: 0.5 },
          encoding: { y: { field: 'at', type: 'quantitative' } },
        },
        {
          mark: { type: 'rect', strokeWidth: 0 },
          encoding: {
            x: {
              field: 'from',
              type: 'quantitative',
              scale: { domain: [...predicted], nice: false },
              title: `frame of the fight (${rateHz} a second)`,
              axis: { grid: true, tickCount: isNarrow(widthPx) ? 5 : 12 },
            },
            x2: { field: 'to' },
            y: {
              field: 'top',
              type: 'quantitative',
              scale: { domain: [0, actions.length], reverse: true, nice: false },
              title: null,
              axis: {
                values: actions.map((_, row) => row + 0.5),
                tickCount: actions.length, // without it, every other value is left out where rows are lower than 40 px
                labelExpr: `[${actions.map((action) => `'${action}'`).join()}][floor(datum.value)]`,
                grid: false,
                ticks: false,
                domain: false,
                labelFontWeight: 'bold',
                labelOverlap: false,
              },
            },
            y2: { field: 'bottom' },
            fill: {
              field: 'who',
              type: 'nominal',
              scale: { domain: [HUMAN, ...labels], range: [HUMAN_PAINT, ...MODEL_PAINTS.slice(0, names.length)] },
              legend: { symbolType: 'square', symbolStrokeColor: INK, ...(isNarrow(widthPx) ? { columns: 1 } : {}) },
            },
            description: { field: 'action' },
          },
        },
      ],
    }),
  };
}
