/**
 * The encoders as ONNX graphs. The study's: image [B, H, W, 1] -> (Conv 3x3 same, ReLU, MaxPool 2x2) x 3 -> Flatten in
 * Keras' order (rows, columns, channels) -> Dense, ReLU -> latent [B, D]. One trained on the keys: the mean picture
 * taken off -> (Conv 3x3 same with stride 2, ReLU) x 3 -> Flatten -> Dense -> LayerNormalization. Weights go in and come
 * back in Keras' layout.
 */
import { transposed } from './axes.js';
import { GraphBuilder, type WeightStorage, type WeightTensor } from './graph-builder.js';
import { DATA_TYPE } from './messages.js';
import { readInitialisers, requireTensor } from './initialisers.js';

/** A layer's weights in Keras' layout. Kernel: Dense [in, out], Conv2D [kh, kw, in, out]. Bias: [out]. */
export interface LayerWeights {
  readonly kernel: WeightTensor;
  readonly bias: WeightTensor;
}

/** What encoders that were trained on the keys have beyond the study's. */
export interface KeyEncoderWeights {
  /** The training's mean picture, [H, W, 1] of 0..1: it is taken off each picture. */
  readonly mean: WeightTensor;
  /** [H, W, 1]; what is left is divided by its square root. */
  readonly variance: WeightTensor;
  /** [D] each: scale and offset of the normalized latent. */
  readonly gamma: WeightTensor;
  readonly beta: WeightTensor;
}

/** The encoder's weights, by layer. */
export interface EncoderWeights {
  /**
   * From the first to the last, with padding 'same' and a ReLU. The study's have a stride of 1 and a 2x2 max pool with
   * padding 'same' after each; those with `onKeys` a stride of 2.
   */
  readonly convolutions: readonly LayerWeights[];
  /** Absent in the study's encoders. */
  readonly onKeys?: KeyEncoderWeights;
  /** Null for the study's baseline, whose latent is the flattened last map. */
  readonly latent: LayerWeights | null;
}

/** H and W of the images an encoder takes, px. */
export interface ImageSize {
  readonly height: number;
  readonly width: number;
}

/** The study's images. */
export const STUDY_IMAGE: ImageSize = { height: 72, width: 128 };

/** The name of the encoder's input, [B, H, W, 1] float32 0..1. */
export const ENCODER_INPUT = 'image';
/** The name of the encoder's output, [B, D] float32. */
export const ENCODER_OUTPUT = 'latent';

/** Orders of axes: maps and kernels of Keras to those of ONNX, and back. */
export const NCHW_OF_NHWC = [0, 3, 1, 2];
export const NHWC_OF_NCHW = [0, 2, 3, 1];
export const OIHW_OF_HWIO = [3, 2, 0, 1];
const HWIO_OF_OIHW = [2, 3, 1, 0];

/** The size of a map after `pools` 2x2 pools with padding 'same'. */
function pooled(size: number, pools: number): number {
  return Math.ceil(size / 2 ** pools);
}

/** D: how many numbers the encoder's latent has. */
export function latentSizeOf(weights: EncoderWeights, image: ImageSize): number {
  if (weights.latent !== null) return weights.latent.bias.data.length;
  const pools = weights.convolutions.length;
  const channels = weights.convolutions[pools - 1].bias.data.length;
  return pooled(image.height, pools) * pooled(image.width, pools) * channels;
}

/**
 * The encoder as the bytes of an ONNX file (opset 17). The batch dimension is free.
 *
 * @throws Error (a programming error) where the shapes of the weights do not follow from each other
 */
export function encoderGraph(
  weights: EncoderWeights,
  options: { readonly image?: ImageSize; readonly storage?: WeightStorage } = {},
): Uint8Array {
  const image = options.image ?? STUDY_IMAGE;
  const graph = new GraphBuilder('encoder', options.storage ?? 'float32');
  const { onKeys } = weights;
  const picture = onKeys === undefined ? ENCODER_INPUT : addStandardisation(graph, onKeys);
  let map = graph.node('Transpose', [picture], 'nchw', { perm: NCHW_OF_NHWC });
  for (const [index, layer] of weights.convolutions.entries()) {
    map = addConvolution(graph, `conv${index + 1}`, map, layer, onKeys !== undefined);
  }
  const nhwc = graph.node('Transpose', [map], 'nhwc', { perm: NHWC_OF_NCHW });
  const flatName = weights.latent === null ? ENCODER_OUTPUT : 'flat';
  const flat = graph.node('Flatten', [nhwc], flatName, { axis: 1 });
  if (weights.latent !== null) {
    const sum = addDense(graph, 'latent', flat, weights.latent);
    if (onKeys === undefined) graph.node('Relu', [sum], ENCODER_OUTPUT);
    else addNormalization(graph, sum, onKeys);
  }
  return graph.finish(
    { name: ENCODER_INPUT, shape: ['B', image.height, image.width, 1] },
    { name: ENCODER_OUTPUT, shape: ['B', latentSizeOf(weights, image)] },
  );
}

/** A 2x2 pool. SAME_UPPER is TensorFlow's 'same': an odd row or column is padded at the end. */
export const POOL_ATTRIBUTES = { kernel_shape: [2, 2], strides: [2, 2], auto_pad: 'SAME_UPPER' } as const;

/** float32 whatever the storage: small differences from the mean picture are what such an encoder looks at. */
function addConstants(graph: GraphBuilder, entries: Readonly<Record<string, WeightTensor>>): string[] {
  return Object.entries(entries).map(([name, { shape, data }]) => graph.constant(name, shape, DATA_TYPE.float32, data));
}

function addStandardisation(graph: GraphBuilder, { mean, variance }: KeyEncoderWeights): string {
  const names = addConstants(graph, { 'standardise.mean': mean, 'standardise.variance': variance });
  const difference = graph.node('Sub', [ENCODER_INPUT, names[0]], 'standardise.difference');
  const deviation = graph.node('Sqrt', [names[1]], 'standardise.deviation');
  return graph.node('Div', [difference, deviation], 'standardised');
}

/** Over the last axis, with the operator's default epsilon of 1e-5. */
function addNormalization(graph: GraphBuilder, input: string, { gamma, beta }: KeyEncoderWeights): string {
  const names = addConstants(graph, { 'normalization.gamma': gamma, 'normalization.beta': beta });
  return graph.node('LayerNormalization', [input, ...names], ENCODER_OUTPUT);
}

function addConvolution(
  graph: GraphBuilder,
  name: string,
  input: string,
  layer: LayerWeights,
  isStrided: boolean,
): string {
  const kernel = graph.weight(`${name}.kernel`, transposed(layer.kernel, OIHW_OF_HWIO));
  const bias = graph.weight(`${name}.bias`, layer.bias);
  if (isStrided) {
    const halving = { kernel_shape: layer.kernel.shape.slice(0, 2), strides: [2, 2], auto_pad: 'SAME_UPPER' };
    return graph.node('Relu', [graph.node('Conv', [input, kernel, bias], `${name}.sum`, halving)], `${name}.relu`);
  }
  const sum = graph.node('Conv', [input, kernel, bias], `${name}.sum`, samePadding(layer.kernel));
  const active = graph.node('Relu', [sum], `${name}.relu`);
  return graph.node('MaxPool', [active], `${name}.pool`, POOL_ATTRIBUTES);
}

/** A Conv's attributes with padding 'same'. @throws Error (a programming error) for an even kernel */
export function samePadding({ shape: [height, width] }: WeightTensor): Readonly<Record<string, readonly number[]>> {
  if (height % 2 === 0 || width % 2 === 0) throw new Error(`an even kernel, ${height}x${width}`);
  const [rows, columns] = [(height - 1) / 2, (width - 1) / 2];
  return { kernel_shape: [height, width], pads: [rows, columns, rows, columns] };
}

/** Adds a Dense layer without activation; the same in the encoder and the head. */
export function addDense(graph: GraphBuilder, name: string, input: string, layer: LayerWeights): string {
  const kernel = graph.weight(`${name}.kernel`, layer.kernel);
  const bias = graph.weight(`${name}.bias`, layer.bias);
  return graph.node('Gemm', [input, kernel, bias], `${name}.sum`);
}

/**
 * The weights of an encoder written by {@link encoderGraph}, in Keras' layout (float16 ones widened to float32).
 *
 * @throws UnderstudyError 'bundle-corrupt' where it is not such a file or lacks a tensor
 */
export function readEncoderWeights(bytes: Uint8Array): EncoderWeights {
  const tensors = readInitialisers(bytes);
  const convolutions: LayerWeights[] = [];
  for (let layer = 1; tensors.has(`conv${layer}.kernel`); layer += 1) {
    const kernel = transposed(requireTensor(tensors, `conv${layer}.kernel`), HWIO_OF_OIHW);
    convolutions.push({ kernel, bias: requireTensor(tensors, `conv${layer}.bias`) });
  }
  const hasLatent = tensors.has('latent.kernel');
  const latent = hasLatent
    ? { kernel: requireTensor(tensors, 'latent.kernel'), bias: requireTensor(tensors, 'latent.bias') }
    : null;
  if (!tensors.has('standardise.mean')) return { convolutions, latent };
  const one = (name: string): WeightTensor => requireTensor(tensors, name);
  const standardise = { mean: one('standardise.mean'), variance: one('standardise.variance') };
  const normalization = { gamma: one('normalization.gamma'), beta: one('normalization.beta') };
  return { convolutions, latent, onKeys: { ...standardise, ...normalization } };
}
