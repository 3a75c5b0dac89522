/** Pictures beside what an encoder keeps of them, from those of which it keeps least to those of which it keeps most. */
import type { Figure } from './figure.js';
import { drawPairs } from './picture-pairs.js';

/** A picture and what can be read back out of its latent. */
export interface KeptPicture {
  /** How much of the contrast of its small and moving blobs is kept, 0..1. */
  readonly kept: number;
  /** The share of the pictures that keep less, 0..1. */
  readonly quantile: number;
  /** PNG as data URI. */
  readonly picture: string;
  readonly back: string;
}

/**
 * @param name of the model
 * @param aspect width over height of the pictures
 */
export function keptPicturesFigure(name: string, pictures: readonly KeptPicture[], aspect: number): Figure {
  return {
    id: 'kept',
    title: `What the latents of ${name} keep`,
    reading:
      'Left a picture, right what a linear map reads back out of its latent: a bullet that is missing on the right can hardly be reacted to.',
    draw: (widthPx) =>
      drawPairs(
        pictures.map(({ kept, quantile, picture, back }) => [
          { url: picture, label: `${(100 * quantile).toFixed(0)} % keep less` },
          { url: back, label: `${(100 * kept).toFixed(0)} % of small and moving` },
        ]),
        aspect,
        widthPx,
      ),
  };
}
