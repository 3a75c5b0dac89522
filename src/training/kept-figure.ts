/** Draws what can be read back out of latents. Joins training and evaluation; measures nothing. */
import type { Figure } from '../evaluation/figures/figure.js';
import { keptPicturesFigure, type KeptPicture } from '../evaluation/figures/kept-pictures.js';
import { grayDataUri } from '../vision/image-file.js';
import type { ReadBack } from './read-back.js';

/**
 * @param name of the model
 * @throws UnderstudyError `package-missing`
 */
export async function keptFigure(name: string, { image, pictures }: ReadBack): Promise<Figure> {
  const [height, width] = image;
  const drawn: KeptPicture[] = [];
  for (const { kept, quantile, picture, back } of pictures) {
    drawn.push({
      ...{ kept, quantile },
      picture: await grayDataUri(picture, width, height),
      back: await grayDataUri(back, width, height),
    });
  }
  return keptPicturesFigure(name, drawn, width / height);
}
