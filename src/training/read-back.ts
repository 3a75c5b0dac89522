/**
 * What can be read back out of latents: a linear map from latents to pictures, fitted to training frames and tried on
 * others. The same measure for every encoder, with a decoder of its own or without one.
 */
import { keptBlobs, keptOf, meanKept, type Kept, type KeptSample } from '../evaluation/kept.js';
import { framesOf, TRAIN, type TrainingData } from './dataset.js';
import type { Engine, Tensor2D } from './engine.js';
import type { Rows } from './rows.js';

/** Training frames that the map is fitted to, and frames that it is tried on, spread evenly. */
export const FITTED = 2000;
export const TRIED = 200;
/** Ridge, relative to the mean square of a latent: keeps a map from fewer frames than latents tame. */
const RIDGE = 1e-3;
/** The fit takes D^3 operations: seconds up to here. */
const MOST_LATENTS = 2048;

/** Whether a map can be fitted to latents of this size in reasonable time. */
export const isReadable = (latentSize: number): boolean => latentSize <= MOST_LATENTS;

/** Frames and their latents, and which of them the map is fitted to and tried on. */
export interface EncodedFrames {
  /** [n, H * W] uint8 gray */
  readonly frames: Rows;
  /** H and W */
  readonly image: readonly [number, number];
  /** [n, D] float32 */
  readonly latents: Rows;
  /** Positions of frames that the map may be fitted to. */
  readonly fitted: ArrayLike<number>;
  /** Positions of frames that it may be tried on; each follows the frame before it in its fight. */
  readonly tried: ArrayLike<number>;
}

/** A frame and what can be read back out of its latent, uint8 gray [H * W] each. */
export interface ReadBackPicture {
  /** How much of the frame's blobs is kept, 0..1. */
  readonly kept: number;
  /** The share of the frames that keep less, 0..1. */
  readonly quantile: number;
  readonly picture: Uint8Array;
  readonly back: Uint8Array;
}

export interface ReadBack {
  readonly kept: Kept;
  /** H and W */
  readonly image: readonly [number, number];
  /** Frames by how much is kept, the least first; none where no frame has a blob. */
  readonly pictures: readonly ReadBackPicture[];
}

/** Of these shares of the frames a picture is shown. */
const QUANTILES = [0.05, 0.25, 0.5, 0.75, 0.95];

/** The frames of a training and their latents, tried on fights that were held out, or on all where none was. */
export function encodedFrames(data: TrainingData, latents: Rows): EncodedFrames {
  const { frames, image, partOf, fightOf } = data;
  const follow = Array.from(partOf.keys()).filter((frame) => frame > 0 && fightOf[frame] === fightOf[frame - 1]);
  const heldOut = follow.filter((frame) => partOf[frame] !== TRAIN);
  return { frames, image, latents, fitted: framesOf(data, TRAIN), tried: heldOut.length > 0 ? heldOut : follow };
}

/** Pictures as a linear map reads them out of latents; fitted when it is made. */
export class LinearReadBack implements Disposable {
  readonly #engine: Engine;
  readonly #encoded: Omit<EncodedFrames, 'tried'>;
  readonly #mean: Float32Array;
  readonly #map: Tensor2D;

  /** @param encoded latents that {@link isReadable} */
  constructor(engine: Engine, encoded: Omit<EncodedFrames, 'tried'>) {
    const { frames, latents } = encoded;
    const fitted = spread(encoded.fitted, FITTED);
    const pictures = picturesAt(frames, fitted);
    this.#engine = engine;
    this.#encoded = encoded;
    this.#mean = meanOf(pictures, frames.rowBytes);
    subtract(pictures, this.#mean);
    this.#map = fit(engine, latentsAt(latents, fitted), pictures, latents.rowBytes / 4);
  }

  /** A frame and the one before it, as differences from the mean picture. */
  sampleAt(position: number): KeptSample {
    const { frames, latents } = this.#encoded;
    const both = [position - 1, position];
    const truth = picturesAt(frames, both);
    subtract(truth, this.#mean);
    const back = readBack(this.#engine, latentsAt(latents, both), this.#map);
    const half = frames.rowBytes;
    return {
      before: truth.subarray(0, half),
      now: truth.subarray(half),
      beforeBack: back.subarray(0, half),
      nowBack: back.subarray(half),
    };
  }

  /** What is read back at a position, [H * W] uint8 gray. */
  pictureAt(position: number): Uint8Array {
    const back = readBack(this.#engine, latentsAt(this.#encoded.latents, [position]), this.#map);
    return Uint8Array.from(back, (value, at) => Math.round(255 * Math.min(1, Math.max(0, value + this.#mean[at]))));
  }

  [Symbol.dispose](): void {
    this.#map.dispose();
  }
}

/**
 * What the latents keep of small and of moving things.
 *
 * @returns null for latents too large to fit a map to, and where no two frames of a fight follow each other
 */
export function readBackOf(engine: Engine, encoded: EncodedFrames): ReadBack | null {
  const { frames, image, latents } = encoded;
  const tried = spread(encoded.tried, TRIED);
  if (!isReadable(latents.rowBytes / 4) || tried.length === 0) return null;
  using back = new LinearReadBack(engine, encoded);
  const blobs = tried.map((position) => keptBlobs(back.sampleAt(position), image[1]));
  const ranked = blobs
    .flatMap((ofFrame, place) => {
      const kept = meanKept(ofFrame);
      return kept === null ? [] : [{ kept, position: tried[place] }];
    })
    .sort((a, b) => a.kept - b.kept);
  const shown = ranked.length === 0 ? [] : QUANTILES;
  return {
    kept: keptOf(blobs),
    image,
    pictures: shown.map((quantile) => {
      const { kept, position } = ranked[Math.floor(quantile * ranked.length)];
      const picture = new Uint8Array(frames.rowBytes);
      frames.read(position, 1, picture, 0);
      return { kept, quantile, picture, back: back.pictureAt(position) };
    }),
  };
}

/** At most so many of the positions, evenly. */
export function spread(positions: ArrayLike<number>, most: number): number[] {
  const count = Math.min(most, positions.length);
  return Array.from({ length: count }, (_, i) => positions[Math.floor((i * positions.length) / count)]);
}

/** [n, H * W] 0..1 */
function picturesAt(frames: Rows, positions: readonly number[]): Float32Array {
  const bytes = new Uint8Array(positions.length * frames.rowBytes);
  for (const [row, position] of positions.entries()) frames.read(position, 1, bytes, row * frames.rowBytes);
  return Float32Array.from(bytes, (value) => value / 255);
}

/** [n, D + 1]: the latents, and 1 for the offset */
function latentsAt(latents: Rows, positions: readonly number[]): Float32Array {
  const size = latents.rowBytes / 4;
  const values = new Float32Array(positions.length * (size + 1)).fill(1);
  const row = new Float32Array(size);
  for (const [index, position] of positions.entries()) {
    latents.read(position, 1, new Uint8Array(row.buffer), 0);
    values.set(row, index * (size + 1));
  }
  return values;
}

function meanOf(pictures: Float32Array, size: number): Float32Array {
  const sum = new Float64Array(size);
  for (let i = 0; i < pictures.length; i += 1) sum[i % size] += pictures[i];
  return Float32Array.from(sum, (value) => (value * size) / pictures.length);
}

function subtract(pictures: Float32Array, mean: Float32Array): void {
  for (let i = 0; i < pictures.length; i += 1) pictures[i] -= mean[i % mean.length];
}

/** Ridge regression, [D + 1, H * W]: (Z'Z + ridge) map = Z'X. */
function fit(engine: Engine, latents: Float32Array, pictures: Float32Array, size: number): Tensor2D {
  const { tf } = engine;
  const columns = size + 1;
  const rows = latents.length / columns;
  return tf.tidy(() => {
    const z = tf.tensor2d(latents, [rows, columns]);
    const x = tf.tensor2d(pictures, [rows, pictures.length / rows]);
    const gram = Float64Array.from(tf.matMul(z, z, true).dataSync());
    let trace = 0;
    for (let i = 0; i < columns; i += 1) trace += gram[i * columns + i];
    for (let i = 0; i < columns; i += 1) gram[i * columns + i] += (RIDGE * trace) / columns;
    const inverse = tf.tensor2d(inverseOf(gram, columns), [columns, columns]);
    return tf.matMul(inverse, tf.matMul(z, x, true));
  });
}

function readBack(engine: Engine, latents: Float32Array, map: Tensor2D): Float32Array {
  const { tf } = engine;
  const columns = map.shape[0];
  return tf.tidy(
    () => tf.matMul(tf.tensor2d(latents, [latents.length / columns, columns]), map).dataSync() as Float32Array,
  );
}

/** Of a symmetric positive definite matrix [n, n], by Gauss and Jordan without pivoting, which such a matrix allows. */
function inverseOf(matrix: Float64Array, n: number): Float32Array {
  const left = matrix.slice();
  const right = new Float64Array(n * n);
  for (let i = 0; i < n; i += 1) right[i * n + i] = 1;
  for (let pivot = 0; pivot < n; pivot += 1) {
    const scale = 1 / left[pivot * n + pivot];
    for (let j = 0; j < n; j += 1) {
      left[pivot * n + j] *= scale;
      right[pivot * n + j] *= scale;
    }
    for (let row = 0; row < n; row += 1) {
      const factor = left[row * n + pivot];
      if (row === pivot || factor === 0) continue;
      for (let j = 0; j < n; j += 1) {
        left[row * n + j] -= factor * left[pivot * n + j];
        right[row * n + j] -= factor * right[pivot * n + j];
      }
    }
  }
  return Float32Array.from(right);
}
