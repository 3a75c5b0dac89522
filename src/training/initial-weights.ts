/**
 * Start weights of a network as Keras draws them: Glorot uniform kernels, orthogonal recurrent kernels, zero biases, an
 * LSTM's forget gate at 1. Seeded: the same seed gives the same weights on every machine.
 */
import { Random } from '../core/random.js';
import { layerWeights, shapesOf, type LayerSpec, type NamedArray, type Network, type WeightSpec } from './network.js';

function glorotUniform(random: Random, shape: readonly number[]): Float32Array {
  const size = shape.reduce((product, length) => product * length, 1);
  const [inputs, outputs] = shape.slice(-2);
  const field = size / (inputs * outputs);
  const limit = Math.sqrt(6 / (field * (inputs + outputs)));
  const values = new Float32Array(size);
  for (let i = 0; i < size; i += 1) values[i] = random.uniform(-limit, limit);
  return values;
}

/** Orthonormal rows, [rows, columns] with rows <= columns: normal numbers through modified Gram-Schmidt, twice. */
function orthogonal(random: Random, [rows, columns]: readonly number[]): Float32Array {
  const basis = Array.from({ length: rows }, () => Float64Array.from({ length: columns }, () => random.normal()));
  for (const [index, row] of basis.entries()) {
    for (const earlier of [...basis.slice(0, index), ...basis.slice(0, index)]) {
      const along = row.reduce((sum, value, i) => sum + value * earlier[i], 0);
      for (let i = 0; i < columns; i += 1) row[i] -= along * earlier[i];
    }
    const length = Math.hypot(...row);
    for (let i = 0; i < columns; i += 1) row[i] /= length;
  }
  return Float32Array.from(basis.flatMap((row) => Array.from(row)));
}

function initialValues(random: Random, layer: LayerSpec, { name, shape }: WeightSpec): Float32Array {
  if (name.endsWith('/recurrent_kernel')) return orthogonal(random, shape);
  if (name.endsWith('/kernel')) return glorotUniform(random, shape);
  const bias = new Float32Array(shape.reduce((product, length) => product * length, 1));
  if (layer.kind === 'lstm') bias.fill(1, layer.units, 2 * layer.units);
  return bias;
}

/** Weights in the order of `weightSpecs(network)`. */
export function initialWeights(network: Network, seed: number): NamedArray[] {
  const random = new Random(seed);
  const shapes = shapesOf(network);
  return network.layers.flatMap((layer, index) =>
    layerWeights(layer, shapes[index]).map((spec) => ({ ...spec, values: initialValues(random, layer, spec) })),
  );
}

/**
 * Sets the bias of an autoencoder's last layer to logit(mean pixel), so that it starts at the mean frame. With Keras'
 * zero it starts at gray 0.5 and, on dark pictures, collapses to black for good.
 *
 * @param meanPixel 0..1
 */
export function startAtMeanPixel(weights: readonly NamedArray[], meanPixel: number): NamedArray[] {
  const mean = Math.min(Math.max(meanPixel, 1e-3), 1 - 1e-3);
  const logit = Math.log(mean / (1 - mean));
  return weights.map((weight, index) =>
    index === weights.length - 1 ? { ...weight, values: weight.values.map(() => logit) } : weight,
  );
}
