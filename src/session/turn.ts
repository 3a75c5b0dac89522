/** Turns pictures upright: phones and some recorders keep them lying, and name the turn in the container. */

/** Degrees clockwise by which a picture is turned to be shown. */
export type Turn = 0 | 90 | 180 | 270;

/**
 * The turn of a track by its matrix (ISO/IEC 14496-12, `tkhd`), or null where it also mirrors, shears or scales.
 *
 * @param matrix a b u c d v x y w as signed 16.16 numbers
 */
export function turnOf(matrix: readonly number[]): Turn | null {
  const ONE = 0x10000;
  const parts = [matrix[0], matrix[1], matrix[3], matrix[4]].map((value) => value / ONE).join();
  const turns: Readonly<Record<string, Turn>> = {
    '1,0,0,1': 0,
    '0,0,0,0': 0, // some writers leave it out
    '0,1,-1,0': 90,
    '-1,0,0,-1': 180,
    '0,-1,1,0': 270,
  };
  return turns[parts] ?? null;
}

/** The size after the turn, px. */
export function turnedSize(width: number, height: number, turn: Turn): { width: number; height: number } {
  return turn === 90 || turn === 270 ? { width: height, height: width } : { width, height };
}

/**
 * Turns a BGRA picture.
 *
 * @param pixels BGRA, [height, width]
 * @param into as many bytes, written
 */
export function turnPixels(pixels: Uint8Array, width: number, height: number, turn: Turn, into: Uint8Array): void {
  const from = pixelsOf(pixels);
  const to = pixelsOf(into);
  let at = 0;
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      if (turn === 90) to[x * height + height - 1 - y] = from[at];
      else if (turn === 180) to[width * height - 1 - at] = from[at];
      else if (turn === 270) to[(width - 1 - x) * height + y] = from[at];
      else to[at] = from[at];
      at += 1;
    }
  }
}

/** A picture with one number a pixel; its bytes begin at a multiple of 4. */
function pixelsOf(bytes: Uint8Array): Uint32Array {
  return new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2);
}
