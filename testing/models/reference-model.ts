/**
 * The encoder and the heads in plain loops of float64, written from Keras' documentation alone: what
 * the inference engine's answers are compared with.
 */
import type { EncoderWeights, LayerWeights } from '../../src/policy/onnx/encoder-graph.js';
import type { HeadWeights, RecurrentWeights } from '../../src/policy/onnx/head-graph.js';

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

interface FeatureMap {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly data: Float64Array; // [H, W, C]
}

/** Conv2D, padding 'same', ReLU. */
function convolve(map: FeatureMap, { kernel, bias }: LayerWeights): FeatureMap {
  const [kh, kw, inputs, outputs] = kernel.shape;
  const data = new Float64Array(map.height * map.width * outputs);
  for (let y = 0; y < map.height; y += 1) {
    for (let x = 0; x < map.width; x += 1) {
      for (let o = 0; o < outputs; o += 1) {
        let sum = bias.data[o];
        for (let dy = 0; dy < kh; dy += 1) {
          for (let dx = 0; dx < kw; dx += 1) {
            const sy = y + dy - (kh - 1) / 2;
            const sx = x + dx - (kw - 1) / 2;
            if (sy < 0 || sx < 0 || sy >= map.height || sx >= map.width) continue;
            for (let c = 0; c < inputs; c += 1) {
              sum +=
                map.data[(sy * map.width + sx) * inputs + c] * kernel.data[((dy * kw + dx) * inputs + c) * outputs + o];
            }
          }
        }
        data[(y * map.width + x) * outputs + o] = Math.max(0, sum);
      }
    }
  }
  return { height: map.height, width: map.width, channels: outputs, data };
}

/** MaxPooling2D(2, padding 'same'). */
function pool(map: FeatureMap): FeatureMap {
  const height = Math.ceil(map.height / 2);
  const width = Math.ceil(map.width / 2);
  const data = new Float64Array(height * width * map.channels).fill(-Infinity);
  for (let y = 0; y < map.height; y += 1) {
    for (let x = 0; x < map.width; x += 1) {
      for (let c = 0; c < map.channels; c += 1) {
        const to = ((y >> 1) * width + (x >> 1)) * map.channels + c;
        data[to] = Math.max(data[to], map.data[(y * map.width + x) * map.channels + c]);
      }
    }
  }
  return { height, width, channels: map.channels, data };
}

function dense(input: ArrayLike<number>, { kernel, bias }: LayerWeights): Float64Array {
  const outputs = bias.data.length;
  return Float64Array.from({ length: outputs }, (_, o) => {
    let sum = bias.data[o];
    for (let i = 0; i < input.length; i += 1) sum += input[i] * kernel.data[i * outputs + o];
    return sum;
  });
}

/** One image [H, W] -> its latent [D]. */
export function referenceLatent(
  weights: EncoderWeights,
  image: Float32Array,
  height: number,
  width: number,
): Float64Array {
  let map: FeatureMap = { height, width, channels: 1, data: Float64Array.from(image) };
  for (const layer of weights.convolutions) map = pool(convolve(map, layer));
  if (weights.latent === null) return map.data;
  return dense(map.data, weights.latent).map((value) => Math.max(0, value));
}

/** x W + b for the gates of one step; `from` is where the bias starts. */
function gates(input: ArrayLike<number>, kernel: Float32Array, bias: Float32Array, width: number, from: number) {
  return Float64Array.from({ length: width }, (_, g) => {
    let sum = bias[from + g] ?? 0;
    for (let i = 0; i < input.length; i += 1) sum += input[i] * kernel[i * width + g];
    return sum;
  });
}

/** Keras' GRU with reset_after: the reset gate acts on the recurrent product, its bias included. */
function gruStep(layer: RecurrentWeights, input: ArrayLike<number>, state: Float64Array): Float64Array {
  const units = state.length;
  const fromInput = gates(input, layer.kernel.data, layer.bias.data, 3 * units, 0);
  const fromState = gates(state, layer.recurrentKernel.data, layer.bias.data, 3 * units, 3 * units);
  return state.map((h, u) => {
    const z = sigmoid(fromInput[u] + fromState[u]);
    const r = sigmoid(fromInput[units + u] + fromState[units + u]);
    const candidate = Math.tanh(fromInput[2 * units + u] + r * fromState[2 * units + u]);
    return z * h + (1 - z) * candidate;
  });
}

/** Keras' LSTM, gates i, f, c, o; `cell` is updated in place. */
function lstmStep(layer: RecurrentWeights, input: ArrayLike<number>, state: Float64Array, cell: Float64Array) {
  const units = state.length;
  const fromInput = gates(input, layer.kernel.data, layer.bias.data, 4 * units, 0);
  const fromState = gates(state, layer.recurrentKernel.data, new Float32Array(0), 4 * units, 0);
  return state.map((_, u) => {
    const [i, f, c, o] = [0, 1, 2, 3].map((gate) => fromInput[gate * units + u] + fromState[gate * units + u]);
    cell[u] = sigmoid(f) * cell[u] + sigmoid(i) * Math.tanh(c);
    return sigmoid(o) * Math.tanh(cell[u]);
  });
}

/** One window [T, D] -> probabilities [K]. */
export function referenceProbabilities(weights: HeadWeights, latents: Float32Array, windowLength: number) {
  const latentSize = latents.length / windowLength;
  let steps: ArrayLike<number>[] = Array.from({ length: windowLength }, (_, step) =>
    latents.subarray(step * latentSize, (step + 1) * latentSize),
  );
  for (const layer of weights.layers) {
    const units = layer.recurrentKernel.shape[0];
    let state: Float64Array = new Float64Array(units);
    const cell = new Float64Array(units);
    steps = steps.map((input) => {
      state = weights.kind === 'gru' ? gruStep(layer, input, state) : lstmStep(layer, input, state, cell);
      return state;
    });
  }
  return dense(steps[steps.length - 1], weights.output).map(sigmoid);
}
