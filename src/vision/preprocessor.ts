/**
 * A game picture -> 128x72 gray -> float32 0..1, bit-equal to OpenCV's resize and cvtColor. Live play, datasets and
 * evaluation all use this one class; there must never be a second copy. Allocates nothing for a frame of known size.
 */
import type { BgraImage } from './image-file.js';
import { isCropValid, type Crop, type PreprocessingContract } from './preprocessing-contract.js';

/** 2^11: OpenCV's INTER_RESIZE_COEF_SCALE, the weights of its 8-bit linear resize. */
const WEIGHT_ONE = 2048;

/** gray / 255 as float32 for each byte: what numpy's uint8 / float32(255) gives. */
const UNIT_OF_BYTE = Float32Array.from({ length: 256 }, (_, value) => value / 255);

/**
 * Gray bytes -> the encoder's float32 0..1.
 *
 * @param gray [H, W] uint8
 * @param image [H, W] float32, written
 */
export function grayToImage(gray: Uint8Array, image: Float32Array): void {
  for (let i = 0; i < gray.length; i += 1) image[i] = UNIT_OF_BYTE[gray[i]];
}

/** OpenCV's cvRound: to nearest, ties to even. */
function roundHalfToEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest < 0.5) return floor;
  if (rest > 0.5) return floor + 1;
  return floor % 2 === 0 ? floor : floor + 1;
}

/** Where one axis samples: two source positions and their weights for each output position. */
interface AxisTable {
  readonly first: Int32Array;
  readonly second: Int32Array;
  readonly firstWeight: Int32Array;
  readonly secondWeight: Int32Array;
}

/**
 * Half-pixel centres: source coordinate (i + 0.5) * N / n - 0.5, clamped to the edge pixels.
 *
 * @param source N, px
 * @param target n, px
 * @param offset first source px of the crop
 * @param step bytes from one source position to the next
 */
function axisTable(source: number, target: number, offset: number, step: number): AxisTable {
  const table: AxisTable = {
    first: new Int32Array(target),
    second: new Int32Array(target),
    firstWeight: new Int32Array(target),
    secondWeight: new Int32Array(target),
  };
  for (let i = 0; i < target; i += 1) {
    const coordinate = ((i + 0.5) * source) / target - 0.5;
    const cell = Math.floor(coordinate);
    const weight = roundHalfToEven((coordinate - cell) * WEIGHT_ONE);
    // beyond an edge both positions are the edge's and both weights stay: their truncations show in the result
    table.first[i] = (offset + Math.min(Math.max(cell, 0), source - 1)) * step;
    table.second[i] = (offset + Math.min(Math.max(cell + 1, 0), source - 1)) * step;
    table.firstWeight[i] = WEIGHT_ONE - weight;
    table.secondWeight[i] = weight;
  }
  return table;
}

/** The crop in whole pixels of a window: its edges rounded, at least one pixel. */
export function cropPixels(
  crop: Crop,
  width: number,
  height: number,
): { readonly left: number; readonly top: number; readonly width: number; readonly height: number } {
  const left = Math.min(Math.round(crop.left * width), width - 1);
  const top = Math.min(Math.round(crop.top * height), height - 1);
  const right = Math.min(Math.max(Math.round((crop.left + crop.width) * width), left + 1), width);
  const bottom = Math.min(Math.max(Math.round((crop.top + crop.height) * height), top + 1), height);
  return { left, top, width: right - left, height: bottom - top };
}

/** Preprocesses pictures by one contract. Its buffers are its own and hold the newest picture. */
export class Preprocessor {
  readonly contract: PreprocessingContract;
  /** [H, W] uint8, the newest picture; valid until the next `process()`. */
  readonly gray: Uint8Array;
  /** [H, W] float32 0..1, the newest picture; valid until the next `process()`. */
  readonly image: Float32Array;

  #width = 0; // px of the game window that the tables were made for
  #height = 0;
  #columns: AxisTable | null = null;
  #rows: AxisTable | null = null;

  constructor(contract: PreprocessingContract) {
    if (!isCropValid(contract.crop)) throw new Error(`a crop outside the window: ${JSON.stringify(contract.crop)}`);
    this.contract = contract;
    this.gray = new Uint8Array(contract.width * contract.height);
    this.image = new Float32Array(contract.width * contract.height);
  }

  /** Crops, resizes and grays `picture`, such as a `Frame`, into {@link gray} and {@link image}. */
  process(picture: BgraImage): void {
    const { width, height, pixels } = picture;
    if (pixels.length < width * height * 4 || width < 1 || height < 1) {
      throw new Error(`${pixels.length} bytes for a BGRA picture of ${width}x${height}`);
    }
    if (width !== this.#width || height !== this.#height) this.#prepare(width, height);
    this.#resizeToGray(pixels);
    grayToImage(this.gray, this.image);
  }

  #prepare(width: number, height: number): void {
    const crop = cropPixels(this.contract.crop, width, height);
    this.#columns = axisTable(crop.width, this.contract.width, crop.left, 4);
    this.#rows = axisTable(crop.height, this.contract.height, crop.top, width * 4);
    this.#width = width;
    this.#height = height;
  }

  /**
   * OpenCV's integer rule, resize and gray in one pass (checked bit for bit against OpenCV 5.0 at 361 sizes, 1x1 to
   * 2600x1500): along x t = a * w0 + b * w1; along y (((v0 * (t0 >> 4)) >> 16) + ((v1 * (t1 >> 4)) >> 16) + 2) >> 2; then
   * (3735 B + 19235 G + 9798 R + 16384) >> 15. The channels are written out: a loop over them costs twice the time.
   */
  #resizeToGray(pixels: Uint8Array): void {
    const { width, height } = this.contract;
    const columns = this.#columns!;
    const rows = this.#rows!;
    const gray = this.gray;
    let out = 0;
    for (let y = 0; y < height; y += 1) {
      const upper = rows.first[y];
      const lower = rows.second[y];
      const v0 = rows.firstWeight[y];
      const v1 = rows.secondWeight[y];
      for (let x = 0; x < width; x += 1) {
        const left = columns.first[x];
        const right = columns.second[x];
        const w0 = columns.firstWeight[x];
        const w1 = columns.secondWeight[x];
        const a = upper + left;
        const b = upper + right;
        const c = lower + left;
        const d = lower + right;
        const blue =
          (((v0 * ((pixels[a] * w0 + pixels[b] * w1) >> 4)) >> 16) +
            ((v1 * ((pixels[c] * w0 + pixels[d] * w1) >> 4)) >> 16) +
            2) >>
          2;
        const green =
          (((v0 * ((pixels[a + 1] * w0 + pixels[b + 1] * w1) >> 4)) >> 16) +
            ((v1 * ((pixels[c + 1] * w0 + pixels[d + 1] * w1) >> 4)) >> 16) +
            2) >>
          2;
        const red =
          (((v0 * ((pixels[a + 2] * w0 + pixels[b + 2] * w1) >> 4)) >> 16) +
            ((v1 * ((pixels[c + 2] * w0 + pixels[d + 2] * w1) >> 4)) >> 16) +
            2) >>
          2;
        gray[out] = (3735 * blue + 19235 * green + 9798 * red + 16384) >> 15;
        out += 1;
      }
    }
  }
}
