/** Pictures beside their reconstructions by an autoencoder: one pair for each part of a fight and action. */
import { isNarrow, paddingPx, type Figure } from './figure.js';

/** A picture and its reconstruction. */
export interface ReconstructedPair {
  /** Part of the fight: the log marks no phases, so thirds stand for them. */
  readonly part: string;
  readonly action: string;
  readonly session: string;
  /** Position in the session's frame log. */
  readonly frame: number;
  /** Of pixels 0..1. */
  readonly meanSquaredError: number;
  /** PNG as data URI. */
  readonly input: string;
  readonly output: string;
}

export interface Reconstructions {
  /** Where the decoder comes from, for people. */
  readonly source: string;
  readonly pairs: readonly ReconstructedPair[];
}

/** Width over height of the pictures. */
const ASPECT = 128 / 72;

export function reconstructionsFigure({ source, pairs }: Reconstructions): Figure {
  const mean = pairs.reduce((sum, { meanSquaredError }) => sum + meanSquaredError, 0) / Math.max(1, pairs.length);
  return {
    id: 'reconstructions',
    title: 'Inputs beside their reconstructions',
    reading: `Left what the encoder was shown, right what its decoder makes of the latent (${source}; mean squared error ${mean.toFixed(4)} over these ${pairs.length}): what is missing on the right, a policy can hardly react to.`,
    draw: (widthPx) => {
      const across = isNarrow(widthPx) ? 1 : 3;
      const cell = Math.floor((widthPx - 2 * paddingPx(widthPx) - (across - 1) * 18) / across);
      const width = (cell - 6) / 2;
      const height = width / ASPECT;
      const rows = pairs.flatMap(({ part, action, input, output, meanSquaredError }, place) =>
        [input, output].map((url, side) => ({
          url,
          x: (place % across) * (cell + 18) + side * (width + 6),
          y: Math.floor(place / across) * (height + 24) + 18,
          label: side === 0 ? `${part}, ${action}` : `error ${meanSquaredError.toFixed(4)}`,
        })),
      );
      const at = {
        x: { field: 'x', type: 'quantitative' as const, scale: null, axis: null },
        y: { field: 'y', type: 'quantitative' as const, scale: null, axis: null },
      };
      return {
        padding: paddingPx(widthPx),
        width: across * cell + (across - 1) * 18,
        height: Math.ceil(pairs.length / across) * (height + 24),
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
    },
  };
}
