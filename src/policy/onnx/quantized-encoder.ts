/**
 * The encoder in 8-bit integers, as an ONNX graph of standard operators: weights in 8 bits per output channel, activations
 * uint8 with fixed (calibrated) scales, sums int32. QuantizeLinear and DequantizeLinear stand around each layer ("QDQ");
 * onnxruntime fuses each such group into one integer operator. The latent is float32.
 */
import { transposed } from './axes.js';
import {
  ENCODER_INPUT,
  ENCODER_OUTPUT,
  latentSizeOf,
  NCHW_OF_NHWC,
  NHWC_OF_NCHW,
  OIHW_OF_HWIO,
  POOL_ATTRIBUTES,
  samePadding,
  STUDY_IMAGE,
  type EncoderWeights,
  type ImageSize,
} from './encoder-graph.js';
import { GraphBuilder, type WeightTensor } from './graph-builder.js';
import { DATA_TYPE } from './messages.js';

/** The range is symmetric, -127..127, so that zero is exact and -128, which has no positive counterpart, is unused. */
const MOST = 127;
/**
 * Weights are stored unsigned, as value + 128. With signed weights onnxruntime adds pairs of products in 16 bits where
 * a CPU has neither VNNI nor AMX, and they overflow (255 x 127 x 2 > 32,767): on an AVX2 machine the latents of the
 * shipped encoder were off by 12 %, without an error; with unsigned weights they are off by 0.3 % on every machine.
 */
const WEIGHT_ZERO = 128;
/** Activations are 0 or more after each ReLU, and a picture is 0..1: zero point 0, 255 steps. */
const STEPS = 255;
/** A scale must not be 0, since values are divided by it: a layer with only zeros gets this one. */
const LEAST_SCALE = 1e-12;

/** A tensor of the graph, and the step of its 8-bit values. */
interface Quantized {
  readonly name: string;
  readonly scale: number;
}

/**
 * The int8 encoder as the bytes of an ONNX file. The batch dimension is free.
 *
 * @param peaks for each convolution, the largest value after its ReLU in the calibration
 * @throws Error (a programming error) where `peaks` does not fit the weights
 */
export function quantizedEncoderGraph(
  weights: EncoderWeights,
  peaks: readonly number[],
  options: { readonly image?: ImageSize } = {},
): Uint8Array {
  const { convolutions, latent } = weights;
  if (peaks.length !== convolutions.length || latent === null) {
    throw new Error(`${peaks.length} peaks for ${convolutions.length} convolutions; an encoder with a dense latent`);
  }
  const image = options.image ?? STUDY_IMAGE;
  const graph = new GraphBuilder('encoder int8', 'float32');
  let map = requantized(graph, ENCODER_INPUT, 1 / STEPS);
  map = { ...map, name: graph.node('Transpose', [map.name], 'nchw', { perm: NCHW_OF_NHWC }) };
  for (const [index, layer] of convolutions.entries()) {
    const name = `conv${index + 1}`;
    const before = index === 0 ? requantized(graph, map.name, map.scale) : map;
    const kernel = transposed(layer.kernel, OIHW_OF_HWIO);
    const inputs = layerInputs(graph, name, before, kernel, layer.bias, 0);
    const sum = graph.node('Conv', inputs, `${name}.sum`, samePadding(layer.kernel));
    const active = graph.node('Relu', [sum], `${name}.relu`);
    const after = requantized(graph, active, Math.max(peaks[index], LEAST_SCALE) / STEPS);
    const pool = graph.node('MaxPool', [after.name], `${name}.pool`, POOL_ATTRIBUTES);
    map = requantized(graph, pool, after.scale);
  }
  const turned = graph.node('Transpose', [map.name], 'nhwc', { perm: NHWC_OF_NCHW });
  const nhwc = requantized(graph, turned, map.scale);
  const flat = requantized(graph, graph.node('Flatten', [nhwc.name], 'flat', { axis: 1 }), map.scale);
  const sum = graph.node('Gemm', layerInputs(graph, 'latent', flat, latent.kernel, latent.bias, 1), 'latent.sum');
  graph.node('Relu', [sum], ENCODER_OUTPUT);
  return graph.finish(
    { name: ENCODER_INPUT, shape: ['B', image.height, image.width, 1] },
    { name: ENCODER_OUTPUT, shape: ['B', latentSizeOf(weights, image)] },
  );
}

/** Rounds a tensor to 8 bits and back. */
function requantized(graph: GraphBuilder, input: string, scale: number): Quantized {
  const step = graph.constant(`${input}:scale`, [], DATA_TYPE.float32, Float32Array.of(scale));
  const zero = graph.constant(`${input}:zero`, [], DATA_TYPE.uint8, Uint8Array.of(0));
  const rounded = graph.node('QuantizeLinear', [input, step, zero], `${input}:uint8`);
  return { name: graph.node('DequantizeLinear', [rounded, step, zero], `${input}:rounded`), scale };
}

/** Input, kernel and bias of a layer. @param axis of the kernel's output channels */
function layerInputs(
  graph: GraphBuilder,
  name: string,
  input: Quantized,
  kernel: WeightTensor,
  bias: WeightTensor,
  axis: number,
): readonly string[] {
  const { values, scales } = quantizedWeights(kernel, axis);
  const channels = scales.length;
  const scale = graph.constant(`${name}.kernel:scale`, [channels], DATA_TYPE.float32, scales);
  const zero = graph.constant(
    `${name}.kernel:zero`,
    [channels],
    DATA_TYPE.uint8,
    new Uint8Array(channels).fill(WEIGHT_ZERO),
  );
  const unsigned = Uint8Array.from(values, (value) => value + WEIGHT_ZERO);
  const stored = graph.constant(`${name}.kernel:uint8`, kernel.shape, DATA_TYPE.uint8, unsigned);
  const kernelName = graph.node('DequantizeLinear', [stored, scale, zero], `${name}.kernel`, { axis });
  // The bias has the scale of the sum that it is added to: the input's scale times the kernel's.
  const sumScales = scales.map((each) => each * input.scale);
  const steps = Int32Array.from(bias.data, (value, channel) => Math.round(value / sumScales[channel]));
  const biasScale = graph.constant(`${name}.bias:scale`, [channels], DATA_TYPE.float32, sumScales);
  const biasZero = graph.constant(`${name}.bias:zero`, [channels], DATA_TYPE.int32, new Int32Array(channels));
  const biasStored = graph.constant(`${name}.bias:int32`, [channels], DATA_TYPE.int32, steps);
  const biasName = graph.node('DequantizeLinear', [biasStored, biasScale, biasZero], `${name}.bias`, { axis: 0 });
  return [input.name, kernelName, biasName];
}

/** Weights as int8 by output channel: value = int8 * scale of its channel, the largest of a channel at +-127. */
export function quantizedWeights(
  { shape, data }: WeightTensor,
  axis: number,
): { readonly values: Int8Array; readonly scales: Float32Array } {
  const channels = shape[axis];
  const stride = shape.slice(axis + 1).reduce((product, size) => product * size, 1);
  const scales = new Float32Array(channels);
  const channelOf = (at: number): number => Math.floor(at / stride) % channels;
  for (let at = 0; at < data.length; at += 1) {
    const channel = channelOf(at);
    const size = Math.abs(data[at]);
    if (size > scales[channel]) scales[channel] = size;
  }
  for (let channel = 0; channel < channels; channel += 1) {
    scales[channel] = Math.max(scales[channel], LEAST_SCALE) / MOST;
  }
  const values = new Int8Array(data.length);
  for (let at = 0; at < data.length; at += 1) values[at] = Math.round(data[at] / scales[channelOf(at)]);
  return { values, scales };
}
