/** Pictures side by side in pairs, a label above each: what went in and what came out. */
import { isNarrow, paddingPx } from './figure.js';
import type { FigureSpec } from './render.js';

export interface LabelledPicture {
  /** PNG as data URI. */
  readonly url: string;
  readonly label: string;
}

/** Between the two of a pair, between two pairs, and the room of a label, px. */
const WITHIN_PX = 6;
const BETWEEN_PX = 18;
const LABEL_PX = 24;

/**
 * Three pairs in a row, one on a narrow screen.
 *
 * @param aspect width over height of the pictures
 */
export function drawPairs(
  pairs: readonly (readonly [LabelledPicture, LabelledPicture])[],
  aspect: number,
  widthPx: number,
): FigureSpec {
  const across = isNarrow(widthPx) ? 1 : 3;
  const cell = Math.floor((widthPx - 2 * paddingPx(widthPx) - (across - 1) * BETWEEN_PX) / across);
  const width = (cell - WITHIN_PX) / 2;
  const height = width / aspect;
  const rows = pairs.flatMap((pair, place) =>
    pair.map(({ url, label }, side) => ({
      url,
      x: (place % across) * (cell + BETWEEN_PX) + side * (width + WITHIN_PX),
      y: Math.floor(place / across) * (height + LABEL_PX) + BETWEEN_PX,
      label,
    })),
  );
  const at = {
    x: { field: 'x', type: 'quantitative' as const, scale: null, axis: null },
    y: { field: 'y', type: 'quantitative' as const, scale: null, axis: null },
  };
  return {
    padding: paddingPx(widthPx),
    width: across * cell + (across - 1) * BETWEEN_PX,
    height: Math.ceil(pairs.length / across) * (height + LABEL_PX),
    data: { values: rows },
    layer: [
      {
        mark: { type: 'image', width, height, align: 'left', baseline: 'top' },
        encoding: { ...at, url: { field: 'url', type: 'nominal' } },
      },
      {
        mark: { type: 'text', align: 'left', baseline: 'bottom', dy: -3, fontSize: 11 },
        encoding: { ...at, text: { field: 'label', type: 'nominal' } },
      },
    ],
  };
}
