/**
 * Runs a network on an engine, with the same results as Keras' layers. Holds no weights and no state; random numbers
 * come from the generator that the caller gives.
 */
import type { Random } from '../core/random.js';
import { activate, biasActivation } from './bias-activation.js';
import type { Engine, Tensor, Tensor4D } from './engine.js';
import type { KerasModel } from './keras/read.js';
import {
  hasKerasDefaults,
  LAYER_NORMALIZATION_EPSILON,
  elementCount,
  layerWeights,
  shapesOf,
  type Activation,
  type ConvolutionSpec,
  type LayerSpec,
  type Network,
  type RecurrentSpec,
} from './network.js';
import { gru, lstm } from './recurrent.js';

/** Sums each block of `factor` neighbours along one axis of an image. */
function sumBlocks(engine: Engine, x: Tensor, axis: 1 | 2, factor: number): Tensor {
  const shape: number[] = [...x.shape];
  shape.splice(axis, 1, shape[axis] / factor, factor);
  return engine.tf.sum(engine.tf.reshape(x, shape), axis + 1);
}

/** Keras' UpSampling2D, nearest. The gradient sums each block, columns first as Keras' does. */
function upSample(engine: Engine, x: Tensor, [rows, columns]: readonly [number, number]): Tensor {
  const { tf } = engine;
  const operation = tf.customGrad((...args: unknown[]) => {
    const image = args[0] as Tensor4D;
    const value = tf.image.resizeNearestNeighbor(image, [image.shape[1] * rows, image.shape[2] * columns]);
    const gradFunc = (dy: Tensor): Tensor => sumBlocks(engine, sumBlocks(engine, dy, 2, columns), 1, rows);
    return { value, gradFunc };
  });
  return operation(x);
}

/** Keras' inverted dropout: values that are kept are divided by the share that is kept. */
function drop(engine: Engine, x: Tensor, rate: number, random: Random | undefined): Tensor {
  if (random === undefined || rate === 0) return x;
  const scale = 1 / (1 - rate);
  const dropped = rate * 2 ** 32; // one 32-bit draw for each value: there are 40,000 in a batch
  const mask = new Float32Array(x.size);
  for (let i = 0; i < mask.length; i += 1) mask[i] = random.uint32() < dropped ? 0 : scale;
  return engine.tf.mul(x, engine.tf.tensor(mask, x.shape));
}

function transposedConvolution(
  engine: Engine,
  layer: ConvolutionSpec,
  x: Tensor,
  kernel: Tensor,
  output: readonly number[],
): Tensor {
  const shape: [number, number, number, number] = [x.shape[0], output[0], output[1], output[2]];
  return engine.tf.conv2dTranspose(x as Tensor4D, kernel as Tensor4D, shape, [...layer.strides], layer.padding);
}

function recur(engine: Engine, layer: RecurrentSpec, x: Tensor, weights: readonly Tensor[], isFirst: boolean): Tensor {
  // nothing trains or plays other ones: a bundle cannot hold them
  if (!hasKerasDefaults(layer))
    throw new Error(`'${layer.name}' is not a recurrent layer with Keras' default settings`);
  const inputs = { x, returnSequences: layer.returnSequences, needsInputGradient: !isFirst };
  return layer.kind === 'gru' ? gru(engine, inputs, weights) : lstm(engine, inputs, weights);
}

function apply(
  engine: Engine,
  layer: LayerSpec,
  x: Tensor,
  weights: readonly Tensor[],
  context: { output: readonly number[]; isFirst: boolean; dropout: Random | undefined },
): Tensor {
  const { tf } = engine;
  const batch = x.shape[0];
  const finish = (raw: Tensor, activation: Activation): Tensor =>
    biasActivation(engine, raw, weights[1] ?? null, activation);
  switch (layer.kind) {
    case 'conv2d':
      return finish(
        tf.conv2d(x as Tensor4D, weights[0] as Tensor4D, [...layer.strides], layer.padding),
        layer.activation,
      );
    case 'conv2d-transpose':
      return finish(transposedConvolution(engine, layer, x, weights[0], context.output), layer.activation);
    case 'max-pool':
      return tf.maxPool(x as Tensor4D, [...layer.pool], [...layer.strides], layer.padding);
    case 'up-sampling':
      return upSample(engine, x, layer.size);
    case 'flatten':
    case 'reshape':
      return tf.reshape(x, [batch, ...context.output]);
    case 'dense': {
      const rows = tf.reshape(x, [x.size / x.shape[x.rank - 1], x.shape[x.rank - 1]]);
      const product = finish(tf.matMul(rows, weights[0]), layer.activation);
      return tf.reshape(product, [batch, ...context.output]);
    }
    case 'gru':
    case 'lstm':
      return recur(engine, layer, x, weights, context.isFirst);
    case 'normalization':
      return tf.div(tf.sub(x, weights[0]), tf.sqrt(weights[1]));
    case 'layer-normalization': {
      const { mean, variance } = tf.moments(x, -1, true);
      const scale = tf.rsqrt(tf.add(variance, LAYER_NORMALIZATION_EPSILON));
      return tf.add(tf.mul(tf.mul(tf.sub(x, mean), scale), weights[0]), weights[1]);
    }
    case 'dropout':
      return drop(engine, x, layer.rate, context.dropout);
    case 'activation':
      return activate(engine, layer.activation, x);
  }
}

/**
 * Runs all layers; call it inside tf.tidy.
 *
 * @param weights in the order of `weightSpecs(network)`
 * @param input [B, ...network.inputShape], float32
 * @param dropout draws dropout's masks; without it nothing is dropped, as in prediction
 */
export function forward(
  engine: Engine,
  network: Network,
  weights: readonly Tensor[],
  input: Tensor,
  dropout?: Random,
): Tensor {
  const shapes = shapesOf(network);
  let at = 0;
  let x = input;
  for (const [index, layer] of network.layers.entries()) {
    const count = layerWeights(layer, shapes[index]).length;
    const context = { output: shapes[index + 1], isFirst: index === 0, dropout };
    x = apply(engine, layer, x, weights.slice(at, at + count), context);
    at += count;
  }
  return x;
}

/** A model whose weights the engine holds, to be run many times. Dispose of it: tf.tidy does not. */
export class LoadedModel implements Disposable {
  readonly #engine: Engine;
  readonly #network: Network;
  readonly #weights: Tensor[];

  constructor(engine: Engine, { network, weights }: KerasModel) {
    this.#engine = engine;
    this.#network = network;
    this.#weights = weights.map(({ values, shape }) => engine.tf.keep(engine.tf.tensor(values, [...shape])));
  }

  /**
   * What the model answers to a batch of any size B, without dropout.
   *
   * @param input [B, ...inputShape]
   * @returns the outputs, row by row
   */
  run(input: Float32Array): Float32Array {
    const { tf } = this.#engine;
    const { inputShape } = this.#network;
    return tf.tidy(() => {
      const x = tf.tensor(input, [input.length / elementCount(inputShape), ...inputShape]);
      return forward(this.#engine, this.#network, this.#weights, x).dataSync() as Float32Array;
    });
  }

  [Symbol.dispose](): void {
    for (const weight of this.#weights) weight.dispose();
  }
}
