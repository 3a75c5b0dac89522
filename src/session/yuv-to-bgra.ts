/**
 * 4:2:0 pictures to BGRA by the range and the matrix that the video names. Chroma is not interpolated: each 2x2 pixels
 * share theirs, and each product is rounded down, as in swscale, which OpenCV and ffmpeg use. Never for videos of the plain
 * kind, which webcodecs converts.
 */

/** Kr and Kb of ITU-T H.273, table 4, by the number of the matrix; what is not said is BT.601. */
const LUMA_WEIGHTS: Readonly<Record<number, readonly [red: number, blue: number]>> = {
  1: [0.2126, 0.0722], // BT.709
  2: [0.299, 0.114],
  4: [0.3, 0.11], // FCC
  5: [0.299, 0.114], // BT.601, 625 lines
  6: [0.299, 0.114], // BT.601, 525 lines
  7: [0.212, 0.087], // SMPTE 240M
};

/** True for a matrix of ITU-T H.273 that this module converts. */
export function isKnownMatrix(matrix: number): boolean {
  return LUMA_WEIGHTS[matrix] !== undefined;
}

/** 256 products, each rounded down. */
function products(factor: number, zero: number): Int16Array {
  return Int16Array.from({ length: 256 }, (_, value) => Math.floor((value - zero) * factor));
}

/** Converts pictures of one video. */
export class YuvToBgra {
  readonly #luma: Int16Array;
  readonly #redOfV: Int16Array;
  readonly #greenOfU: Int16Array;
  readonly #greenOfV: Int16Array;
  readonly #blueOfU: Int16Array;

  /** @param matrix one that {@link isKnownMatrix} knows */
  constructor(matrix: number, fullRange: boolean) {
    const [red, blue] = LUMA_WEIGHTS[matrix];
    const green = 1 - red - blue;
    // 8 bits of limited range: 219 steps of luma from 16, 224 of chroma around 128
    const chroma = fullRange ? 1 : 255 / 224;
    this.#luma = fullRange ? products(1, 0) : products(255 / 219, 16);
    this.#redOfV = products(2 * (1 - red) * chroma, 128);
    this.#greenOfU = products(((-2 * blue * (1 - blue)) / green) * chroma, 128);
    this.#greenOfV = products(((-2 * red * (1 - red)) / green) * chroma, 128);
    this.#blueOfU = products(2 * (1 - blue) * chroma, 128);
  }

  /**
   * @param planes I420: Y [height, width], then U and V of half the width and height, rounded up
   * @param into BGRA, 4 * width * height bytes, written
   */
  convert(planes: Uint8Array, width: number, height: number, into: Uint8ClampedArray): void {
    const [lumas, blues, greens, greensOfV, reds] = [
      this.#luma,
      this.#blueOfU,
      this.#greenOfU,
      this.#greenOfV,
      this.#redOfV,
    ];
    const chromaWidth = (width + 1) >> 1;
    const u0 = width * height;
    const v0 = u0 + chromaWidth * ((height + 1) >> 1);
    let out = 0;
    for (let y = 0; y < height; y += 1) {
      const row = y * width;
      const chromaRow = (y >> 1) * chromaWidth;
      for (let x = 0; x < width; x += 1) {
        const u = planes[u0 + chromaRow + (x >> 1)];
        const v = planes[v0 + chromaRow + (x >> 1)];
        const gray = lumas[planes[row + x]];
        into[out] = gray + blues[u];
        into[out + 1] = gray + greens[u] + greensOfV[v];
        into[out + 2] = gray + reds[v];
        into[out + 3] = 255;
        out += 4;
      }
    }
  }
}
