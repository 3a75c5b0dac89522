/**
 * Networks as data: a chain of Keras' layers, the shapes between them and the weights they take. Runs nothing and needs
 * no engine, so that archives, exports and training share one description.
 */
import { UnderstudyError } from '../core/errors.js';

/** One weight, in Keras' layout. */
export interface NamedArray {
  /** "<layer>/<weight>", "conv2d/kernel". */
  readonly name: string;
  readonly shape: readonly number[];
  /** float32, row by row */
  readonly values: Float32Array;
}

export const ACTIVATIONS = ['linear', 'relu', 'sigmoid', 'tanh'] as const;
export type Activation = (typeof ACTIVATIONS)[number];

export type Padding = 'same' | 'valid';
type Pair = readonly [number, number];

export interface ConvolutionSpec {
  readonly kind: 'conv2d' | 'conv2d-transpose';
  readonly name: string;
  readonly filters: number;
  readonly kernel: Pair;
  readonly strides: Pair;
  readonly padding: Padding;
  readonly activation: Activation;
  readonly useBias: boolean;
}

export interface RecurrentSpec {
  readonly kind: 'gru' | 'lstm';
  readonly name: string;
  readonly units: number;
  readonly returnSequences: boolean;
  readonly activation: Activation;
  readonly recurrentActivation: Activation;
  readonly useBias: boolean;
  /** GRU only: whether the reset gate is applied after the recurrent product (Keras' default). */
  readonly resetAfter: boolean;
}

/** Added to the variance: ONNX' default, which Keras is told (its own is 1e-3). */
export const LAYER_NORMALIZATION_EPSILON = 1e-5;

/** One layer. Images are [H, W, C], sequences [T, D], both without the batch dimension. */
export type LayerSpec =
  | ConvolutionSpec
  | RecurrentSpec
  | {
      readonly kind: 'max-pool';
      readonly name: string;
      readonly pool: Pair;
      readonly strides: Pair;
      readonly padding: Padding;
    }
  | { readonly kind: 'up-sampling'; readonly name: string; readonly size: Pair }
  | { readonly kind: 'flatten'; readonly name: string }
  | { readonly kind: 'reshape'; readonly name: string; readonly shape: readonly number[] }
  | {
      readonly kind: 'dense';
      readonly name: string;
      readonly units: number;
      readonly activation: Activation;
      readonly useBias: boolean;
    }
  /** (x - mean) / sqrt(variance), each [...input]: fixed numbers, which training does not change (Keras' Normalization). */
  | { readonly kind: 'normalization'; readonly name: string }
  /** To mean 0 and variance 1 over the last axis, then gamma and beta [C] (Keras' LayerNormalization). */
  | { readonly kind: 'layer-normalization'; readonly name: string }
  | { readonly kind: 'dropout'; readonly name: string; readonly rate: number }
  | { readonly kind: 'activation'; readonly name: string; readonly activation: Activation };

export interface Network {
  /** Without the batch dimension. */
  readonly inputShape: readonly number[];
  readonly layers: readonly LayerSpec[];
}

export interface WeightSpec {
  readonly name: string;
  readonly shape: readonly number[];
}

function mismatch(layer: LayerSpec, shape: readonly number[], expected: string): UnderstudyError {
  return new UnderstudyError({
    kind: 'input',
    code: 'model-unsupported',
    message: `Layer '${layer.name}' (${layer.kind}) is given [${shape.join(', ')}]; expected ${expected}.`,
    next: 'Give a model whose layers fit each other.',
  });
}

/** How many values an array of this shape has. */
export const elementCount = (shape: readonly number[]): number =>
  shape.reduce((product, length) => product * length, 1);

/** Whether a recurrent layer has Keras' default settings, the only ones that this program trains and plays. */
export function hasKerasDefaults({ activation, recurrentActivation, useBias, resetAfter }: RecurrentSpec): boolean {
  return activation === 'tanh' && recurrentActivation === 'sigmoid' && useBias && resetAfter;
}

function slide(length: number, window: number, stride: number, padding: Padding): number {
  return padding === 'same' ? Math.ceil(length / stride) : Math.floor((length - window) / stride) + 1;
}

function assertImage(layer: LayerSpec, shape: readonly number[]): void {
  if (shape.length !== 3) throw mismatch(layer, shape, 'an image [H, W, C]');
}

function resolveShape(layer: LayerSpec, wanted: readonly number[], input: readonly number[]): number[] {
  const known = elementCount(wanted.filter((length) => length !== -1));
  const shape = wanted.map((length) => (length === -1 ? elementCount(input) / known : length));
  if (elementCount(shape) !== elementCount(input)) throw mismatch(layer, input, `${elementCount(wanted)} values`);
  return shape;
}

/** Shape of a layer's output, without the batch dimension. Throws `model-unsupported` where the input does not fit. */
export function outputShape(layer: LayerSpec, input: readonly number[]): readonly number[] {
  switch (layer.kind) {
    case 'conv2d': {
      assertImage(layer, input);
      const at = (axis: 0 | 1): number => slide(input[axis], layer.kernel[axis], layer.strides[axis], layer.padding);
      return [at(0), at(1), layer.filters];
    }
    case 'conv2d-transpose': {
      assertImage(layer, input);
      const extra = (axis: 0 | 1): number =>
        layer.padding === 'same' ? 0 : Math.max(layer.kernel[axis] - layer.strides[axis], 0);
      return [input[0] * layer.strides[0] + extra(0), input[1] * layer.strides[1] + extra(1), layer.filters];
    }
    case 'max-pool': {
      assertImage(layer, input);
      const at = (axis: 0 | 1): number => slide(input[axis], layer.pool[axis], layer.strides[axis], layer.padding);
      return [at(0), at(1), input[2]];
    }
    case 'up-sampling':
      assertImage(layer, input);
      return [input[0] * layer.size[0], input[1] * layer.size[1], input[2]];
    case 'flatten':
      return [elementCount(input)];
    case 'reshape':
      return resolveShape(layer, layer.shape, input);
    case 'dense':
      return [...input.slice(0, -1), layer.units];
    case 'gru':
    case 'lstm':
      if (input.length !== 2) throw mismatch(layer, input, 'a sequence [T, D]');
      return layer.returnSequences ? [input[0], layer.units] : [layer.units];
    case 'normalization':
    case 'layer-normalization':
    case 'dropout':
    case 'activation':
      return input;
  }
}

/** Shapes of the weights of one layer, in Keras' order. */
export function layerWeights(layer: LayerSpec, input: readonly number[]): WeightSpec[] {
  const named = (weight: string, shape: readonly number[]): WeightSpec => ({ name: `${layer.name}/${weight}`, shape });
  const channels = input[input.length - 1];
  switch (layer.kind) {
    case 'conv2d':
    case 'conv2d-transpose': {
      const inOut = layer.kind === 'conv2d' ? [channels, layer.filters] : [layer.filters, channels];
      const kernel = named('kernel', [...layer.kernel, ...inOut]);
      return layer.useBias ? [kernel, named('bias', [layer.filters])] : [kernel];
    }
    case 'dense': {
      const kernel = named('kernel', [channels, layer.units]);
      return layer.useBias ? [kernel, named('bias', [layer.units])] : [kernel];
    }
    case 'gru':
    case 'lstm': {
      const width = layer.units * (layer.kind === 'gru' ? 3 : 4);
      const kernels = [named('kernel', [channels, width]), named('recurrent_kernel', [layer.units, width])];
      if (!layer.useBias) return kernels;
      const isDouble = layer.kind === 'gru' && layer.resetAfter;
      return [...kernels, named('bias', isDouble ? [2, width] : [width])];
    }
    case 'normalization':
      return [named('mean', input), named('variance', input)];
    case 'layer-normalization':
      return [named('gamma', [channels]), named('beta', [channels])];
    case 'max-pool':
    case 'up-sampling':
    case 'flatten':
    case 'reshape':
    case 'dropout':
    case 'activation':
      return [];
  }
}

/** The input shape of each layer, then the output shape of the last one: one more than there are layers. */
export function shapesOf(network: Network): (readonly number[])[] {
  const shapes: (readonly number[])[] = [network.inputShape];
  for (const layer of network.layers) shapes.push(outputShape(layer, shapes[shapes.length - 1]));
  return shapes;
}

/** All weights that a network takes, in order. */
export function weightSpecs(network: Network): WeightSpec[] {
  const shapes = shapesOf(network);
  return network.layers.flatMap((layer, index) => layerWeights(layer, shapes[index]));
}

/** The layers up to and including the one named, with their weights. */
export function upTo<W extends { readonly name: string }>(
  network: Network,
  weights: readonly W[],
  layerName: string,
): { network: Network; weights: W[] } {
  const end = network.layers.findIndex(({ name }) => name === layerName);
  if (end === -1) {
    throw new UnderstudyError({
      kind: 'input',
      code: 'model-unsupported',
      message: `There is no layer '${layerName}'; there are ${network.layers.map(({ name }) => name).join(', ')}.`,
      next: 'Name the layer whose output is the latent.',
    });
  }
  const part = { inputShape: network.inputShape, layers: network.layers.slice(0, end + 1) };
  return { network: part, weights: weights.slice(0, weightSpecs(part).length) };
}
