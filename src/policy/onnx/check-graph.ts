/**
 * Checks an ONNX file before the inference engine loads it: a bundle may come from anywhere, and a graph can refer to
 * other files, nest graphs and request any amount of memory. Only graphs such as this program writes pass.
 */
import { messageOf, UnderstudyError } from '../../core/errors.js';
import { sizeOf } from './graph-builder.js';
import { DATA_TYPE, decodeModel, type ModelMessage, type NodeMessage, type TensorMessage } from './messages.js';

/** The operators of our architectures. */
const OPERATORS = new Set(
  [
    'Transpose Sub Sqrt Div Conv Relu MaxPool Flatten Gemm LayerNormalization GRU LSTM Squeeze Sigmoid',
    'Cast QuantizeLinear DequantizeLinear',
  ].flatMap((names) => names.split(' ')),
);

/** 512 MiB: 13 times the study's largest encoder (latent 1024: 76 MB). */
const MAX_FILE_BYTES = 512 * 1024 * 1024;
const MAX_NODES = 200;
const MAX_RANK = 5;

const BYTES_OF: Readonly<Record<number, number>> = {
  [DATA_TYPE.float32]: 4,
  [DATA_TYPE.float16]: 2,
  [DATA_TYPE.uint8]: 1,
  [DATA_TYPE.int8]: 1,
  [DATA_TYPE.int32]: 4,
  [DATA_TYPE.int64]: 8,
};

function refuse(file: string, problem: string, cause?: unknown): never {
  throw new UnderstudyError({
    kind: 'input',
    code: 'bundle-corrupt',
    message: `${file} is not a model of ours: ${problem}`,
    next: 'copy the bundle again from where it came, or make a new one',
    cause,
  });
}

function checkTensor(file: string, tensor: TensorMessage): void {
  const { name, dims = [], dataType } = tensor;
  if ((tensor.externalData?.length ?? 0) > 0 || (tensor.dataLocation ?? 0) !== 0) {
    refuse(file, `the weight '${name}' is in another file, expected it inside this one`);
  }
  const bytesEach = BYTES_OF[dataType];
  if (bytesEach === undefined)
    refuse(file, `the weight '${name}' has data type ${dataType}, expected a float or an integer of ours`);
  if (dims.length > MAX_RANK || dims.some((dim) => !Number.isSafeInteger(dim) || dim < 1)) {
    refuse(file, `the weight '${name}' has the shape [${dims.join()}]`);
  }
  const expected = sizeOf(dims) * bytesEach;
  const got = tensor.rawData?.length ?? 0;
  if (got !== expected)
    refuse(file, `the weight '${name}' has ${got} bytes, expected ${expected} for [${dims.join()}]`);
}

function checkNode(file: string, node: NodeMessage): void {
  if (!OPERATORS.has(node.opType) || (node.domain ?? '') !== '') {
    const operator = node.domain ? `${node.domain}.${node.opType}` : node.opType;
    refuse(file, `it uses the operator ${operator}, expected only ${[...OPERATORS].join(', ')}`);
  }
  for (const attribute of node.attribute ?? []) {
    if (attribute.graph !== undefined || (attribute.graphs?.length ?? 0) > 0) {
      refuse(file, `the node '${node.name ?? ''}' contains another graph`);
    }
  }
}

/**
 * Reads the bytes of an ONNX file and accepts only a flat graph of this program's operators, whose weights are inside the
 * file and have the sizes of their shapes.
 *
 * @param file its name in errors
 * @returns the model; its weights are views into `bytes`
 * @throws UnderstudyError 'bundle-corrupt'
 */
export function checkGraph(bytes: Uint8Array, file: string): ModelMessage {
  if (bytes.length > MAX_FILE_BYTES) refuse(file, `it has ${bytes.length} bytes, at most ${MAX_FILE_BYTES} are read`);
  let model: ModelMessage;
  try {
    model = decodeModel(bytes);
  } catch (error) {
    refuse(file, `it is not an ONNX file (${messageOf(error)})`, error);
  }
  const graph = model.graph as ModelMessage['graph'] | undefined;
  if (graph === undefined) refuse(file, 'it holds no graph');
  const beyond = [model.functions, model.trainingInfo, graph.sparseInitializer];
  if (beyond.some((part) => (part?.length ?? 0) > 0)) refuse(file, 'it holds functions, training or sparse weights');
  const nodes = graph.node ?? [];
  if (nodes.length === 0 || nodes.length > MAX_NODES) refuse(file, `it has ${nodes.length} nodes`);
  for (const node of nodes) checkNode(file, node);
  for (const tensor of graph.initializer ?? []) checkTensor(file, tensor);
  if (graph.input?.length !== 1 || graph.output?.length !== 1) {
    refuse(
      file,
      `it has ${graph.input?.length ?? 0} inputs and ${graph.output?.length ?? 0} outputs, expected one each`,
    );
  }
  return model;
}

/** The shape that a graph declares for its only input or output; a free dimension is given by its name. */
export function declaredShape(model: ModelMessage, side: 'input' | 'output'): readonly (number | string)[] {
  const dims = model.graph[side]![0].type.tensorType?.shape?.dim ?? [];
  return dims.map((dim) => dim.dimValue ?? dim.dimParam ?? '?');
}
