/** Tells whether a part of the window shows what it showed in the picture before: most numbers change rarely. */
import type { BgraImage } from '../vision/image-file.js';
import type { Box } from './gray-image.js';

const PIXEL_BYTES = 4;

export class SeenPart {
  #box: Box = { left: 0, top: 0, width: 0, height: 0 };
  /** [height, width] BGRA */
  #pixels = Buffer.alloc(0);

  /**
   * Remembers the part, too. False for the first picture, and where the box or a single byte is another one.
   *
   * @param box within the picture
   */
  isAsBefore({ width, pixels }: Pick<BgraImage, 'width' | 'pixels'>, box: Box): boolean {
    const isSameBox = Object.entries(box).every(([side, value]) => this.#box[side as keyof Box] === value);
    if (!isSameBox) {
      this.#box = { ...box };
      this.#pixels = Buffer.alloc(box.width * box.height * PIXEL_BYTES);
    }
    const whole = Buffer.from(pixels.buffer, pixels.byteOffset, pixels.length);
    const rowBytes = box.width * PIXEL_BYTES;
    const startOf = (row: number): number => ((box.top + row) * width + box.left) * PIXEL_BYTES;
    let row = 0;
    for (; isSameBox && row < box.height; row += 1) {
      const start = startOf(row);
      if (whole.compare(this.#pixels, row * rowBytes, (row + 1) * rowBytes, start, start + rowBytes) !== 0) break;
    }
    if (isSameBox && row === box.height) return true;
    for (; row < box.height; row += 1) whole.copy(this.#pixels, row * rowBytes, startOf(row), startOf(row) + rowBytes);
    return false;
  }
}
