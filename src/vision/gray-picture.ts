/** Converts a gray picture to BGRA, which all other code takes; converting it to gray again gives the same bytes. */

/**
 * @param gray [H, W] uint8
 * @param pixels [H, W, 4], written, opaque; default new memory
 * @returns `pixels`
 */
export function grayToBgra(gray: Uint8Array, pixels: Uint8Array = new Uint8Array(gray.length * 4)): Uint8Array {
  for (let i = 0; i < gray.length; i += 1) {
    pixels.fill(gray[i], i * 4, i * 4 + 3);
    pixels[i * 4 + 3] = 255;
  }
  return pixels;
}
