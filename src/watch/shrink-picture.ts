/** Makes a picture small enough to be sent ten times a second, in a tenth of a millisecond: takes every n-th pixel. */
import type { Frame } from '../core/frame.js';
import { cropPixels } from '../vision/preprocessor.js';
import type { Crop } from '../vision/preprocessing-contract.js';
import type { PictureSize } from './messages.js';

/** px; larger pictures are scaled down, smaller ones stay as they are. */
const MAX_WIDTH = 384;
const MAX_HEIGHT = 288;

/**
 * The cropped part of a frame, scaled down by nearest neighbour, with its own aspect ratio.
 *
 * @returns its size, and BGRA pixels in a new buffer
 */
export function shrinkPicture(
  { width, height, pixels }: Pick<Frame, 'width' | 'height' | 'pixels'>,
  crop: Crop,
): { readonly size: PictureSize; readonly pixels: Uint8Array } {
  const part = cropPixels(crop, width, height);
  const scale = Math.min(1, MAX_WIDTH / part.width, MAX_HEIGHT / part.height);
  const size = {
    width: Math.max(1, Math.round(part.width * scale)),
    height: Math.max(1, Math.round(part.height * scale)),
  };
  const from = wordsOf(pixels, width * height);
  const to = new Uint32Array(size.width * size.height);
  const columns = new Uint16Array(size.width);
  for (let x = 0; x < size.width; x += 1) columns[x] = part.left + Math.floor(((x + 0.5) * part.width) / size.width);
  for (let y = 0, at = 0; y < size.height; y += 1) {
    const row = (part.top + Math.floor(((y + 0.5) * part.height) / size.height)) * width;
    for (let x = 0; x < size.width; x += 1, at += 1) to[at] = from[row + columns[x]];
  }
  return { size, pixels: new Uint8Array(to.buffer) };
}

/** The pixels as words of 4 bytes; copied only where the source's buffer is not aligned to 4 bytes. */
function wordsOf(pixels: Uint8Array, count: number): Uint32Array {
  if (pixels.byteOffset % 4 === 0) return new Uint32Array(pixels.buffer, pixels.byteOffset, count);
  return new Uint32Array(pixels.slice(0, 4 * count).buffer);
}
