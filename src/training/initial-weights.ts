/**
 * Start weights of a network as Keras draws them: Glorot uniform kernels, orthogonal recurrent kernels, zero biases, an
 * LSTM's forget gate at 1. Seeded: the same seed gives the same weights on every machine.
 */
import { Random } from '../core/random.js';
import { glorotUniform, orthogonal } from '../policy/initial-weights.js';
import {
  elementCount,
  layerWeights,
  shapesOf,
  type LayerSpec,
  type NamedArray,
  type Network,
  type WeightSpec,
} from './network.js';

function initialValues(random: Random, layer: LayerSpec, { name, shape }: WeightSpec): Float32Array {
  if (name.endsWith('/recurrent_kernel')) return orthogonal(random, shape[0], shape[1]).data;
  if (name.endsWith('/kernel')) return glorotUniform(random, shape).data;
  if (name.endsWith('/gamma') || name.endsWith('/variance')) return new Float32Array(elementCount(shape)).fill(1);
  const bias = new Float32Array(elementCount(shape));
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
 * zero it starts at gray 0.5 and, on dark pictures, collapses to black permanently.
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
