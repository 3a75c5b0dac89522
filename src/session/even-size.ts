/** H.264 in 4:2:0 has only even sizes: odd pictures get one more column or row, a copy of the last one. */

/** The size rounded up to even numbers, px. */
export function evenSize(size: { readonly width: number; readonly height: number }): { width: number; height: number } {
  return { width: size.width + (size.width % 2), height: size.height + (size.height % 2) };
}

/**
 * The BGRA picture with its last column and row repeated up to even sizes.
 *
 * @param into reused when it has the right size, else replaced
 */
export function padToEven(
  pixels: Uint8Array,
  width: number,
  height: number,
  into: Uint8Array<ArrayBuffer>,
): Uint8Array<ArrayBuffer> {
  const even = evenSize({ width, height });
  const padded = into.length === even.width * even.height * 4 ? into : new Uint8Array(even.width * even.height * 4);
  for (let y = 0; y < even.height; y += 1) {
    const from = Math.min(y, height - 1) * width * 4;
    const to = y * even.width * 4;
    padded.set(pixels.subarray(from, from + width * 4), to);
    if (even.width > width) padded.set(pixels.subarray(from + (width - 1) * 4, from + width * 4), to + width * 4);
  }
  return padded;
}

/** Moves the first `width` x `height` pixels of a BGRA picture together, in place: undoes {@link padToEven}. */
export function cropInPlace(pixels: Uint8Array, fromWidth: number, width: number, height: number): Uint8Array {
  if (fromWidth !== width) {
    for (let y = 1; y < height; y += 1) {
      pixels.copyWithin(y * width * 4, y * fromWidth * 4, (y * fromWidth + width) * 4);
    }
  }
  return pixels.subarray(0, width * height * 4);
}
