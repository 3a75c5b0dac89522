/** How often each action is held: by the human, and by models on the same frames. */
import type { Figure } from './figure.js';
import { groupedBars } from './grouped-bars.js';
import { FILLS } from './theme.js';

const count = new Intl.NumberFormat('en-US');

export interface HeldCounts {
  readonly name: string;
  readonly held: Readonly<Record<string, number>>;
}

/** Models beside the human, at most: one fill each. */
export const DISTRIBUTION_MODELS = FILLS.length - 1;

/** @param models at most {@link DISTRIBUTION_MODELS} */
export function distributionFigure(frames: number, human: HeldCounts['held'], models: readonly HeldCounts[]): Figure {
  const rows = [{ name: 'human', held: human }, ...models];
  return {
    id: 'distribution',
    title: `Share of the ${count.format(frames)} frames at which each action is held`,
    reading:
      'A model whose bar is much shorter than the human’s is too timid with that action, one whose bar is longer presses too much; equal bars alone do not mean the same frames.',
    draw: (widthPx) =>
      groupedBars({
        title: '',
        subtitle: '',
        widthPx,
        measure: 'share of the frames (%)',
        ticks: [0, 25, 50, 75, 100],
        series: rows.map(({ name }) => name),
        bars: Object.keys(human).flatMap((action) =>
          rows.map(({ name, held }) => {
            const value = (100 * held[action]) / frames;
            return {
              group: action,
              series: name,
              value,
              label: held[action] === 0 ? '0' : `${value.toFixed(1)} % (${count.format(held[action])})`,
            };
          }),
        ),
      }),
  };
}
