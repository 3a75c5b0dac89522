/**
 * The recurrent head as an ONNX graph: latents [B, T, D] -> GRU or LSTM layers -> Dense, sigmoid -> probabilities
 * [B, K]. The layers are exactly those of Keras: its GRU has reset_after, which ONNX calls linear_before_reset = 1.
 */
import { concatenated, reshaped, transposed, withGates } from './axes.js';
import { addDense, type LayerWeights } from './encoder-graph.js';
import { GraphBuilder, type WeightStorage, type WeightTensor } from './graph-builder.js';
import { readInitialisers, requireTensor } from './initialisers.js';
import { DATA_TYPE } from './messages.js';

export type HeadKind = 'gru' | 'lstm';

/** One recurrent layer's weights in Keras' layout. Gates: GRU z, r, h; LSTM i, f, c, o. */
export interface RecurrentWeights {
  /** [in, gates * units] */
  readonly kernel: WeightTensor;
  /** [units, gates * units] */
  readonly recurrentKernel: WeightTensor;
  /** GRU with reset_after [2, 3 * units] (input, recurrent); LSTM [4 * units]. */
  readonly bias: WeightTensor;
}

/** The head's weights, by layer. */
export interface HeadWeights {
  readonly kind: HeadKind;
  /** From the first to the last. The last one outputs its final step, the others every step. */
  readonly layers: readonly RecurrentWeights[];
  readonly output: LayerWeights;
}

/** The name of the head's input, [B, T, D] float32, oldest latent first. */
export const HEAD_INPUT = 'latents';
/** The name of the head's output, [B, K] float32 0..1. */
export const HEAD_OUTPUT = 'probabilities';

const GATES = { gru: 3, lstm: 4 } as const;
/** For each gate of ONNX the number of Keras' gate: z, r, h are equal; i, o, f, c come from i, f, c, o. */
const ONNX_GATES = { gru: [0, 1, 2], lstm: [0, 3, 1, 2] } as const;
/** For each gate of Keras the number of ONNX's gate. */
const KERAS_GATES = { gru: [0, 1, 2], lstm: [0, 2, 3, 1] } as const;
const OPERATOR = { gru: 'GRU', lstm: 'LSTM' } as const;

/**
 * The head as the bytes of an ONNX file (opset 17). The batch dimension is free, T is fixed.
 *
 * @param options.windowLength T, the latents a window holds
 * @throws Error (a programming error) where the shapes of the weights do not follow from each other
 */
export function headGraph(
  weights: HeadWeights,
  options: { readonly windowLength: number; readonly storage?: WeightStorage },
): Uint8Array {
  const graph = new GraphBuilder(`${weights.kind} head`, options.storage ?? 'float32');
  let steps = graph.node('Transpose', [HEAD_INPUT], 'steps', { perm: [1, 0, 2] }); // [T, B, D]
  for (const [index, layer] of weights.layers.entries()) {
    const isLast = index === weights.layers.length - 1;
    steps = addRecurrent(graph, `recurrent${index + 1}`, weights.kind, steps, layer, isLast);
  }
  const logits = addDense(graph, 'output', steps, weights.output);
  graph.node('Sigmoid', [logits], HEAD_OUTPUT);
  return graph.finish(
    { name: HEAD_INPUT, shape: ['B', options.windowLength, weights.layers[0].kernel.shape[0]] },
    { name: HEAD_OUTPUT, shape: ['B', weights.output.bias.data.length] },
  );
}

function addRecurrent(
  graph: GraphBuilder,
  name: string,
  kind: HeadKind,
  input: string,
  layer: RecurrentWeights,
  isLast: boolean,
): string {
  const units = layer.recurrentKernel.shape[0];
  const gates = GATES[kind];
  const biases = kind === 'gru' ? 2 : 1;
  if (layer.kernel.shape[1] !== gates * units || layer.bias.data.length !== biases * gates * units) {
    throw new Error(
      `${name}: [${layer.kernel.shape.join()}] and ${layer.bias.data.length} biases for ${units} ${kind} units`,
    );
  }
  const inputs = [
    input,
    graph.weight(`${name}.kernel`, onnxMatrix(layer.kernel, kind)),
    graph.weight(`${name}.recurrentKernel`, onnxMatrix(layer.recurrentKernel, kind)),
    graph.weight(`${name}.bias`, onnxBias(layer.bias, kind, units)),
  ];
  const attributes = { hidden_size: units, ...(kind === 'gru' ? { linear_before_reset: 1 } : {}) };
  const states = isLast
    ? graph.node(OPERATOR[kind], inputs, `${name}.last`, attributes, ['']) // [1, B, units]
    : graph.node(OPERATOR[kind], inputs, `${name}.all`, attributes); // [T, 1, B, units]
  const axis = BigInt64Array.of(isLast ? 0n : 1n);
  const direction = graph.constant(`${name}.direction`, [1], DATA_TYPE.int64, axis);
  return graph.node('Squeeze', [states, direction], `${name}.states`);
}

/** [in, gates * units] -> [1, gates * units, in] */
function onnxMatrix(kernel: WeightTensor, kind: HeadKind): WeightTensor {
  const turned = withGates(transposed(kernel, [1, 0]), ONNX_GATES[kind]);
  return reshaped(turned, [1, ...turned.shape]);
}

/** Keras' bias -> [1, 2 * gates * units]: the input's, then the recurrent one's (0 for an LSTM, since Keras has none). */
function onnxBias(bias: WeightTensor, kind: HeadKind, units: number): WeightTensor {
  const width = GATES[kind] * units;
  const input: WeightTensor = { shape: [width], data: bias.data.subarray(0, width) };
  const recurrent: WeightTensor = {
    shape: [width],
    data: kind === 'gru' ? bias.data.subarray(width) : new Float32Array(width),
  };
  const both = concatenated([withGates(input, ONNX_GATES[kind]), withGates(recurrent, ONNX_GATES[kind])]);
  return reshaped(both, [1, 2 * width]);
}

/**
 * The weights of a head written by {@link headGraph}, in Keras' layout (float16 ones widened to float32).
 *
 * @throws UnderstudyError 'bundle-corrupt' where it is not such a file or lacks a tensor
 */
export function readHeadWeights(bytes: Uint8Array): HeadWeights {
  const tensors = readInitialisers(bytes);
  const layers: RecurrentWeights[] = [];
  let kind: HeadKind = 'gru';
  for (let layer = 1; tensors.has(`recurrent${layer}.kernel`); layer += 1) {
    const name = `recurrent${layer}`;
    const recurrent = requireTensor(tensors, `${name}.recurrentKernel`); // [1, gates * units, units]
    kind = recurrent.shape[1] === GATES.gru * recurrent.shape[2] ? 'gru' : 'lstm';
    layers.push({
      kernel: kerasMatrix(requireTensor(tensors, `${name}.kernel`), kind),
      recurrentKernel: kerasMatrix(recurrent, kind),
      bias: kerasBias(requireTensor(tensors, `${name}.bias`), kind),
    });
  }
  const output = { kernel: requireTensor(tensors, 'output.kernel'), bias: requireTensor(tensors, 'output.bias') };
  return { kind, layers, output };
}

function kerasMatrix(tensor: WeightTensor, kind: HeadKind): WeightTensor {
  return transposed(withGates(reshaped(tensor, tensor.shape.slice(1)), KERAS_GATES[kind]), [1, 0]);
}

function kerasBias(tensor: WeightTensor, kind: HeadKind): WeightTensor {
  const width = tensor.data.length / 2;
  const part = (from: number) =>
    withGates({ shape: [width], data: tensor.data.subarray(from, from + width) }, KERAS_GATES[kind]);
  if (kind === 'lstm') return part(0);
  return reshaped(concatenated([part(0), part(width)]), [2, width]);
}
