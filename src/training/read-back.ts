/**
 * What can be read back out of latents: a linear map from latents to pictures, fitted to training frames and tried on
 * others. The same measure for every encoder, with a decoder of its own or without one.
 */
import { keptOf, type Kept, type KeptSample } from '../evaluation/kept.js';
import { framesOf, TRAIN, type TrainingData } from './dataset.js';
import type { Engine, Tensor2D } from './engine.js';
import type { Rows } from './rows.js';

/** Training frames that the map is fitted to, and frames that it is tried on, spread evenly. */
const FITTED = 2000;
const TRIED = 200;
/** Ridge, relative to the mean square of a latent: keeps a map from fewer frames than latents tame. */
const RIDGE = 1e-3;
/** The fit takes D^3 operations: seconds up to here. */
const MOST_LATENTS = 2048;

/**
 * What the latents keep of small and of moving things, on frames that were not trained on where there are any.
 *
 * @param latents [n, D] of all frames
 * @returns null for latents too large to fit a map to, and where no two frames of a fight follow each other
 */
export function keptByLatents(engine: Engine, data: TrainingData, latents: Rows): Kept | null {
  const size = latents.rowBytes / 4;
  const pairs = pairsOf(data);
  if (size > MOST_LATENTS || pairs.length === 0) return null;
  const fitted = spread(framesOf(data, TRAIN), FITTED);
  const pictures = picturesAt(data, fitted);
  const mean = meanOf(pictures, data.frames.rowBytes);
  subtract(pictures, mean);
  const map = fit(engine, latentsAt(latents, fitted), pictures, size);
  try {
    const samples = pairs.map((now): KeptSample => {
      const both = [now - 1, now];
      const truth = picturesAt(data, both);
      subtract(truth, mean);
      const back = readBack(engine, latentsAt(latents, both), map);
      const half = data.frames.rowBytes;
      return {
        before: truth.subarray(0, half),
        now: truth.subarray(half),
        beforeBack: back.subarray(0, half),
        nowBack: back.subarray(half),
      };
    });
    return keptOf(samples, data.image[1]);
  } finally {
    map.dispose();
  }
}

/** Frames whose predecessor belongs to their fight; of held-out fights, or of all where none is held out. */
function pairsOf({ partOf, fightOf }: TrainingData): number[] {
  const follow = Array.from(partOf.keys()).filter((frame) => frame > 0 && fightOf[frame] === fightOf[frame - 1]);
  const heldOut = follow.filter((frame) => partOf[frame] !== TRAIN);
  return spread(heldOut.length > 0 ? heldOut : follow, TRIED);
}

function spread(positions: ArrayLike<number>, most: number): number[] {
  const count = Math.min(most, positions.length);
  return Array.from({ length: count }, (_, i) => positions[Math.floor((i * positions.length) / count)]);
}

/** [n, H * W] 0..1 */
function picturesAt({ frames }: TrainingData, positions: readonly number[]): Float32Array {
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
