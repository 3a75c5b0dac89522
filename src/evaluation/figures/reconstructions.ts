/** Pictures beside their reconstructions by an autoencoder: one pair for each part of a fight and action. */
import type { Figure } from './figure.js';
import { drawPairs } from './picture-pairs.js';

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
  /** Width over height of the pictures. */
  readonly aspect: number;
  readonly pairs: readonly ReconstructedPair[];
}

export function reconstructionsFigure({ source, aspect, pairs }: Reconstructions): Figure {
  const mean = pairs.reduce((sum, { meanSquaredError }) => sum + meanSquaredError, 0) / Math.max(1, pairs.length);
  return {
    id: 'reconstructions',
    title: 'Inputs beside their reconstructions',
    reading: `Left what the encoder was shown, right what its decoder makes of the latent (${source}; mean squared error ${mean.toFixed(4)} over these ${pairs.length}): what is missing on the right, a policy can hardly react to.`,
    draw: (widthPx) =>
      drawPairs(
        pairs.map(({ part, action, input, output, meanSquaredError }) => [
          { url: input, label: `${part}, ${action}` },
          { url: output, label: `error ${meanSquaredError.toFixed(4)}` },
        ]),
        aspect,
        widthPx,
      ),
  };
}
