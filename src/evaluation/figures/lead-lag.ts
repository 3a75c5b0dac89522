/** How early or late predicted presses are: a histogram in whole frames, a group of bars an offset. */
import type { OnsetScore } from '../onset-scores.js';
import { fitted, isNarrow, type Figure } from './figure.js';
import { FILLS } from './theme.js';

export interface LeadLagModel {
  readonly name: string;
  readonly all: OnsetScore;
}

/** Models in one histogram, at most. */
export const LEAD_LAG_MODELS = FILLS.length;

/** @param models at most {@link LEAD_LAG_MODELS} */
export function leadLagFigure(models: readonly LeadLagModel[]): Figure {
  const bars = models.flatMap(({ name, all }) =>
    all.leadLag.map(({ ms, presses }) => ({ model: name, ms, presses, label: presses === 0 ? '' : String(presses) })),
  );
  const unmatched = models.map(({ name, all }) => {
    const matched = all.leadLag.reduce((sum, { presses }) => sum + presses, 0);
    return `${name}: ${all.human - matched} of ${all.human} presses missed, ${all.predicted - matched} of its ${all.predicted} with no partner`;
  });
  return {
    id: 'lead-lag',
    title: 'Lead and lag of presses',
    reading: `Each press of the model that has a partner among the human's, by how much earlier (left of 0) or later it comes; presses without a partner are not in it (${unmatched.join('; ')}).`,
    draw: (widthPx) => {
      const names = models.map(({ name }) => name);
      const position = {
        x: {
          field: 'ms',
          type: 'ordinal' as const,
          title: 'predicted minus human press (ms)',
          axis: { labelAngle: isNarrow(widthPx) ? -60 : 0, labelOverlap: false, ticks: false },
        },
        y: {
          field: 'presses',
          type: 'quantitative' as const,
          title: 'presses',
          axis: { tickCount: 5, tickMinStep: 1 },
          ...(bars.every(({ presses }) => presses === 0) ? { scale: { domain: [0, 1] } } : {}),
        },
        xOffset: { field: 'model', type: 'nominal' as const, sort: names },
      };
      return {
        ...fitted(widthPx),
        height: 220,
        data: { values: bars },
        layer: [
          {
            mark: { type: 'bar' },
            encoding: {
              ...position,
              fill: {
                field: 'model',
                type: 'nominal',
                sort: names,
                scale: { domain: names, range: FILLS.slice(0, names.length).map(({ paint }) => paint) },
                legend: isNarrow(widthPx) ? { columns: 1 } : {},
              },
            },
          },
          {
            mark: { type: 'text', dy: -7, fontSize: isNarrow(widthPx) ? 8 : 11 },
            encoding: { ...position, text: { field: 'label', type: 'nominal' } },
          },
        ],
      };
    },
  };
}
