/** Draws into a BGRA picture: filled boxes, and copies of other pictures. What lies outside the picture is clipped. */
import type { BgraImage } from '../../vision/image-file.js';

/** Blue, green, red, 0..255. */
export type Bgr = readonly [number, number, number];

/** A rectangle, px. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Pictures lower than this are enlarged by a whole number: a gray frame of 72 lines becomes one of 360. px */
const LEAST_PICTURE_HEIGHT = 320;

/** Width and height of the square that a pixel is drawn as in a video, >= 1 px. @param height of the picture, px */
export function enlargement(height: number): number {
  return Math.ceil(LEAST_PICTURE_HEIGHT / height);
}

/** Fills a box with one colour. */
export function fillBox(into: BgraImage, box: Box, [blue, green, red]: Bgr): void {
  const right = Math.min(into.width, box.left + box.width);
  const bottom = Math.min(into.height, box.top + box.height);
  for (let y = Math.max(0, box.top); y < bottom; y += 1) {
    for (let x = Math.max(0, box.left); x < right; x += 1) {
      const at = (y * into.width + x) * 4;
      into.pixels[at] = blue;
      into.pixels[at + 1] = green;
      into.pixels[at + 2] = red;
      into.pixels[at + 3] = 255;
    }
  }
}

/** Copies a picture over another, without blending. */
export function copyPicture(into: BgraImage, from: BgraImage, left: number, top: number): void {
  const width = Math.min(from.width, into.width - left);
  const height = Math.min(from.height, into.height - top);
  for (let y = 0; y < height; y += 1) {
    const at = y * from.width * 4;
    into.pixels.set(from.pixels.subarray(at, at + width * 4), ((top + y) * into.width + left) * 4);
  }
}

/** Copies a picture over another, each of its pixels drawn as `times` x `times`. */
export function copyEnlarged(into: BgraImage, from: BgraImage, times: number): void {
  if (times === 1) return copyPicture(into, from, 0, 0);
  const row = new Uint8Array(from.width * times * 4);
  for (let y = 0; y < from.height; y += 1) {
    for (let x = 0; x < from.width * times; x += 1) {
      const at = (y * from.width + Math.floor(x / times)) * 4;
      row.set(from.pixels.subarray(at, at + 4), x * 4);
    }
    for (let line = 0; line < times; line += 1) into.pixels.set(row, (y * times + line) * into.width * 4);
  }
}
