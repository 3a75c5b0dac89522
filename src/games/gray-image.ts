/** Gray pictures of a part of a window, for cues and meters. Not the model's preprocessing, which is in vision. */
import type { BgraImage } from '../vision/image-file.js';

/** Whole pixels of a window. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** A gray picture in memory. */
export interface GrayImage {
  /** px */
  readonly width: number;
  /** px */
  readonly height: number;
  /** [height, width], 0 to 255, not rounded. */
  readonly gray: Float32Array;
}

/** The gray of one BGRA pixel, 0 to 255: ITU-R BT.601. @param at index of its blue byte */
export function grayAt(pixels: Uint8Array, at: number): number {
  return 0.114 * pixels[at] + 0.587 * pixels[at + 1] + 0.299 * pixels[at + 2];
}

/**
 * The gray of a part of a picture, each cell the mean of `cell` x `cell` pixels; what is left at the far edges is
 * dropped. Of a cell, at most two by two pixels are taken.
 *
 * @param box within the picture
 * @param cell px, 1 or more
 * @param memory used again where it is large enough
 */
export function grayPart(
  { width, pixels }: Pick<BgraImage, 'width' | 'pixels'>,
  box: Box,
  cell = 1,
  memory?: Float32Array,
): GrayImage {
  const columns = Math.max(1, Math.floor(box.width / cell));
  const rows = Math.max(1, Math.floor(box.height / cell));
  const gray = memory !== undefined && memory.length >= columns * rows ? memory : new Float32Array(columns * rows);
  const step = Math.ceil(cell / 2); // px between the two pixels of an axis
  for (let row = 0, out = 0; row < rows; row += 1) {
    const start = ((box.top + row * cell) * width + box.left) * 4;
    for (let column = 0; column < columns; column += 1, out += 1) {
      const corner = start + column * cell * 4;
      if (cell === 1) {
        gray[out] = grayAt(pixels, corner);
        continue;
      }
      const right = corner + step * 4;
      const below = step * width * 4;
      gray[out] =
        (grayAt(pixels, corner) +
          grayAt(pixels, right) +
          grayAt(pixels, corner + below) +
          grayAt(pixels, right + below)) /
        4;
    }
  }
  return { width: columns, height: rows, gray };
}

/** The whole of a picture. */
export function grayOf(picture: BgraImage): GrayImage {
  return grayPart(picture, { left: 0, top: 0, width: picture.width, height: picture.height });
}

/** The picture at another size: interpolated where it grows, averaged where it shrinks. */
export function resizeGray(image: GrayImage, width: number, height: number): GrayImage {
  if (width === image.width && height === image.height) return image;
  const across = sharesOf(image.width, width);
  const down = sharesOf(image.height, height);
  // along the rows first: [image.height, width]
  const rows = new Float32Array(image.height * width);
  for (let y = 0; y < image.height; y += 1) {
    for (let x = 0; x < width; x += 1) rows[y * width + x] = weighed(across, x, image.gray, y * image.width, 1);
  }
  const gray = new Float32Array(width * height);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) gray[y * width + x] = weighed(down, y, rows, x, width);
  }
  return { width, height, gray };
}

/** What the pixels of a resized axis are made of. */
interface Shares {
  /** [to] the first source pixel of each. */
  readonly first: Int32Array;
  /** Source pixels of each. */
  readonly count: number;
  /** [to, count], each row's sum is 1. */
  readonly weights: Float64Array;
}

/** Along one axis: two samples a source pixel, each interpolated; beyond the edge, the edge's value. */
function sharesOf(from: number, to: number): Shares {
  const step = from / to;
  const samples = Math.max(1, Math.ceil(2 * step - 1));
  const count = Math.min(from, Math.ceil(step - step / samples) + 2);
  const first = new Int32Array(to);
  const weights = new Float64Array(to * count);
  for (let pixel = 0; pixel < to; pixel += 1) {
    const at = (sample: number): number => (pixel + (sample + 0.5) / samples) * step - 0.5;
    first[pixel] = Math.min(Math.max(Math.floor(at(0)), 0), from - count);
    for (let sample = 0; sample < samples; sample += 1) {
      const left = Math.min(Math.max(Math.floor(at(sample)), 0), from - 1);
      const right = Math.min(left + 1, from - 1);
      const share = Math.min(Math.max(at(sample) - left, 0), 1);
      weights[pixel * count + left - first[pixel]] += (1 - share) / samples;
      weights[pixel * count + right - first[pixel]] += share / samples;
    }
  }
  return { first, count, weights };
}

function weighed(
  { first, count, weights }: Shares,
  pixel: number,
  values: Float32Array,
  start: number,
  stride: number,
): number {
  let sum = 0;
  for (let i = 0; i < count; i += 1) sum += weights[pixel * count + i] * values[start + (first[pixel] + i) * stride];
  return sum;
}

/** Standard deviation, in gray levels. */
export function contrastOf({ gray }: Pick<GrayImage, 'gray'>): number {
  const mean = gray.reduce((sum, value) => sum + value, 0) / gray.length;
  return Math.sqrt(gray.reduce((sum, value) => sum + (value - mean) ** 2, 0) / gray.length);
}
