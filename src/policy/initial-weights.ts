/**
 * Untrained weights, as in Keras: Glorot uniform kernels, orthogonal recurrent kernels, zero biases, an LSTM's
 * forget gate at 1. Seeded: the same seed gives the same weights on every machine.
 */
import { Random } from '../core/random.js';
import { STUDY_IMAGE, type EncoderWeights, type ImageSize, type LayerWeights } from './onnx/encoder-graph.js';
import { sizeOf, type WeightTensor } from './onnx/graph-builder.js';
import type { HeadKind, HeadWeights, RecurrentWeights } from './onnx/head-graph.js';

/** The study's layers (write-up, section 3): channels of the three 3x3 convolutions, units of the two recurrent ones. */
const STUDY_CHANNELS: readonly number[] = [32, 64, 128];
const STUDY_UNITS: readonly number[] = [128, 64];

function zeros(...shape: readonly number[]): WeightTensor {
  return { shape, data: new Float32Array(sizeOf(shape)) };
}

/** Uniform in +-sqrt(6 / (fanIn + fanOut)) (Glorot and Bengio, 2010); fans as Keras counts them. */
export function glorotUniform(random: Random, shape: readonly number[]): WeightTensor {
  const field = sizeOf(shape.slice(0, -2));
  const [inputs, outputs] = shape.slice(-2);
  const limit = Math.sqrt(6 / (field * (inputs + outputs)));
  const weight = zeros(...shape);
  for (let i = 0; i < weight.data.length; i += 1) weight.data[i] = random.uniform(-limit, limit);
  return weight;
}

/**
 * A [rows, columns] matrix, rows <= columns, with orthonormal rows (Saxe et al., 2013): normal numbers through modified
 * Gram-Schmidt, twice, since one pass leaves errors.
 */
export function orthogonal(random: Random, rows: number, columns: number): WeightTensor {
  const basis = Array.from({ length: rows }, () => Float64Array.from({ length: columns }, () => random.normal()));
  for (const [index, row] of basis.entries()) {
    for (let pass = 0; pass < 2; pass += 1) {
      for (let earlier = 0; earlier < index; earlier += 1) removeComponent(row, basis[earlier]);
    }
    const length = Math.sqrt(row.reduce((sum, value) => sum + value * value, 0));
    for (let i = 0; i < columns; i += 1) row[i] /= length;
  }
  const data = new Float32Array(rows * columns);
  for (const [index, row] of basis.entries()) data.set(row, index * columns);
  return { shape: [rows, columns], data };
}

/** Subtracts from `row` its component along the unit vector `direction`. */
function removeComponent(row: Float64Array, direction: Float64Array): void {
  let along = 0;
  for (let i = 0; i < row.length; i += 1) along += row[i] * direction[i];
  for (let i = 0; i < row.length; i += 1) row[i] -= along * direction[i];
}

function initialDense(random: Random, inputs: number, outputs: number): LayerWeights {
  return { kernel: glorotUniform(random, [inputs, outputs]), bias: zeros(outputs) };
}

/** Initial weights of the study's encoder. */
export function initialEncoderWeights(
  seed: number,
  options: { readonly latentSize: number; readonly channels?: readonly number[]; readonly image?: ImageSize },
): EncoderWeights {
  const random = new Random(seed);
  const image = options.image ?? STUDY_IMAGE;
  let { height, width } = image;
  let channels = 1;
  const convolutions: LayerWeights[] = [];
  for (const filters of options.channels ?? STUDY_CHANNELS) {
    convolutions.push({ kernel: glorotUniform(random, [3, 3, channels, filters]), bias: zeros(filters) });
    channels = filters;
    height = Math.ceil(height / 2);
    width = Math.ceil(width / 2);
  }
  return { convolutions, latent: initialDense(random, height * width * channels, options.latentSize) };
}

function initialRecurrent(random: Random, kind: HeadKind, inputs: number, units: number): RecurrentWeights {
  const gates = kind === 'gru' ? 3 : 4;
  const kernel = glorotUniform(random, [inputs, gates * units]);
  const recurrentKernel = orthogonal(random, units, gates * units);
  if (kind === 'gru') return { kernel, recurrentKernel, bias: zeros(2, gates * units) };
  const bias = zeros(gates * units);
  bias.data.fill(1, units, 2 * units); // the forget gate, second of i, f, c, o (Jozefowicz et al., 2015)
  return { kernel, recurrentKernel, bias };
}

/** Initial weights of the study's head. */
export function initialHeadWeights(
  seed: number,
  options: {
    readonly kind: HeadKind;
    readonly latentSize: number;
    readonly units?: readonly number[];
    /** K */
    readonly actions: number;
  },
): HeadWeights {
  const random = new Random(seed);
  let inputs = options.latentSize;
  const layers: RecurrentWeights[] = [];
  for (const units of options.units ?? STUDY_UNITS) {
    layers.push(initialRecurrent(random, options.kind, inputs, units));
    inputs = units;
  }
  return { kind: options.kind, layers, output: initialDense(random, inputs, options.actions) };
}
