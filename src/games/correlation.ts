/** How alike a small picture and a place of a larger one are: zero-mean normalized correlation, on some of the pixels. */
import type { BgraImage } from '../vision/image-file.js';
import type { CueContrast } from './game-file-schema.js';
import { contrastOf, grayAt, type GrayImage } from './gray-image.js';

/** The contrast, in gray levels, below which a place shows nothing: rounding and noise must not look like a picture. */
const LEAST_CONTRAST = 2;

/** A small picture as points, made once, compared often. */
export class PointTemplate {
  /** px */
  readonly width: number;
  /** px */
  readonly height: number;
  /** [points] where each is, px. */
  readonly #x: Int32Array;
  readonly #y: Int32Array;
  /** [points] their values, mean off, of length 1. */
  readonly #values: Float32Array;
  /** [points] how far each is from the place's first pixel, in a picture that is `#offsetsWidth` wide. */
  readonly #offsets: Int32Array;
  #offsetsWidth = -1;
  /** Of the points, gray levels; null where contrast does not matter. */
  readonly #contrast: number | null;

  /**
   * @param most how many points are compared, at most
   * @param contrast `same`: the correlation is multiplied with the lesser contrast over the greater, so that a dimmed
   *   place is less alike than one as bright as the picture
   */
  constructor(image: GrayImage, most: number, contrast: CueContrast = 'any') {
    this.width = image.width;
    this.height = image.height;
    const chosen = choosePixels(image, most);
    this.#x = chosen.map((pixel) => pixel % image.width);
    this.#y = chosen.map((pixel) => Math.floor(pixel / image.width));
    const gray = Float32Array.from(chosen, (pixel) => image.gray[pixel]);
    this.#values = normalized(gray);
    this.#contrast = contrast === 'same' ? contrastOf({ gray }) : null;
    this.#offsets = new Int32Array(chosen.length);
  }

  /**
   * The correlation with the place at (left, top) of `within`, -1 to 1; 0 where either shows nothing.
   *
   * @param within at least as large as the place
   */
  at({ gray, width }: GrayImage, left: number, top: number): number {
    const offsets = this.#offsetsIn(width);
    const values = this.#values;
    const start = top * width + left;
    const count = values.length;
    let sum = 0;
    let squares = 0;
    let product = 0;
    for (let i = 0; i < count; i += 1) {
      const value = gray[start + offsets[i]];
      sum += value;
      squares += value * value;
      product += value * values[i];
    }
    return correlation(sum, squares, product, count, this.#contrast);
  }

  /** The same for a picture whose gray is not made yet. */
  atPixels({ pixels, width }: Pick<BgraImage, 'pixels' | 'width'>, left: number, top: number): number {
    const offsets = this.#offsetsIn(width);
    const values = this.#values;
    const start = top * width + left;
    const count = values.length;
    let sum = 0;
    let squares = 0;
    let product = 0;
    for (let i = 0; i < count; i += 1) {
      const value = grayAt(pixels, (start + offsets[i]) * 4);
      sum += value;
      squares += value * value;
      product += value * values[i];
    }
    return correlation(sum, squares, product, count, this.#contrast);
  }

  #offsetsIn(width: number): Int32Array {
    if (width !== this.#offsetsWidth) {
      for (let i = 0; i < this.#offsets.length; i += 1) this.#offsets[i] = this.#y[i] * width + this.#x[i];
      this.#offsetsWidth = width;
    }
    return this.#offsets;
  }
}

/**
 * @param product with values of mean 0 and length 1
 * @param expected the picture's contrast, where it counts too
 */
function correlation(sum: number, squares: number, product: number, count: number, expected: number | null): number {
  const spread = squares - (sum * sum) / count;
  if (spread < count * LEAST_CONTRAST * LEAST_CONTRAST) return 0;
  const alike = Math.max(-1, Math.min(1, product / Math.sqrt(spread)));
  if (expected === null) return alike;
  const contrast = Math.sqrt(spread / count);
  return (alike * Math.min(contrast, expected)) / Math.max(contrast, expected);
}

/** All pixels, or some of each shade: a few points must not all fall on the background. */
function choosePixels({ gray }: GrayImage, most: number): Int32Array {
  const all = Int32Array.from(gray, (_, pixel) => pixel);
  if (gray.length <= most) return all;
  // pixels of one shade in a scattered sequence: the golden ratio visits any stretch evenly
  const scattered = (pixel: number): number => (pixel * 0.618033988749895) % 1;
  const byShade = all.sort((a, b) => Math.round(gray[a]) - Math.round(gray[b]) || scattered(a) - scattered(b));
  return Int32Array.from({ length: most }, (_, i) => byShade[Math.floor(((i + 0.5) * gray.length) / most)]).sort();
}

/** Mean off, of length 1; all 0 where every value is the same. Plain loops: the meters call it at every new picture. */
export function normalized(values: Float32Array): Float32Array {
  let sum = 0;
  for (let i = 0; i < values.length; i += 1) sum += values[i];
  const mean = sum / values.length;
  let squares = 0;
  for (let i = 0; i < values.length; i += 1) squares += (values[i] - mean) ** 2;
  const length = Math.sqrt(squares);
  const result = new Float32Array(values.length);
  if (length === 0) return result;
  for (let i = 0; i < values.length; i += 1) result[i] = (values[i] - mean) / length;
  return result;
}
