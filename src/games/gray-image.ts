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
  const gray = new Float32Array(width * height);
  const stepX = image.width / width;
  const stepY = image.height / height;
  // samples a pixel of the result, along each axis: two a pixel of the source
  const acrossX = Math.max(1, Math.ceil(2 * stepX - 1));
  const acrossY = Math.max(1, Math.ceil(2 * stepY - 1));
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      let sum = 0;
      for (let j = 0; j < acrossY; j += 1) {
        for (let i = 0; i < acrossX; i += 1) {
          sum += between(image, (x + (i + 0.5) / acrossX) * stepX - 0.5, (y + (j + 0.5) / acrossY) * stepY - 0.5);
        }
      }
      gray[y * width + x] = sum / (acrossX * acrossY);
    }
  }
  return { width, height, gray };
}

/** Linear interpolation; outside, the edge's value. */
function between({ width, height, gray }: GrayImage, x: number, y: number): number {
  const left = Math.min(Math.max(Math.floor(x), 0), width - 1);
  const top = Math.min(Math.max(Math.floor(y), 0), height - 1);
  const right = Math.min(left + 1, width - 1);
  const below = Math.min(top + 1, height - 1);
  const u = Math.min(Math.max(x - left, 0), 1);
  const v = Math.min(Math.max(y - top, 0), 1);
  const upper = gray[top * width + left] * (1 - u) + gray[top * width + right] * u;
  return upper * (1 - v) + (gray[below * width + left] * (1 - u) + gray[below * width + right] * u) * v;
}

/** Standard deviation, in gray levels. */
export function contrastOf({ gray }: GrayImage): number {
  const mean = gray.reduce((sum, value) => sum + value, 0) / gray.length;
  return Math.sqrt(gray.reduce((sum, value) => sum + (value - mean) ** 2, 0) / gray.length);
}
