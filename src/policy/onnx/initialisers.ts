/** Reads the weights out of an ONNX file, by name, as float32. Runs nothing and allocates no more than the weights. */
import { UnderstudyError } from '../../core/errors.js';
import { checkGraph } from './check-graph.js';
import { fromHalf } from './float16.js';
import type { WeightTensor } from './graph-builder.js';
import { DATA_TYPE, type TensorMessage } from './messages.js';

/** The suffix of the name of a weight that is stored in float16: see {@link GraphBuilder.weight}. */
const HALF_SUFFIX = ':float16';

function floatsOf(tensor: TensorMessage): Float32Array {
  const raw = tensor.rawData!;
  const aligned = new Uint8Array(raw).buffer; // a copy: a view into the file may start at any byte
  if (tensor.dataType === DATA_TYPE.float32) return new Float32Array(aligned);
  const halves = new Uint16Array(aligned);
  const floats = new Float32Array(halves.length);
  for (let i = 0; i < halves.length; i += 1) floats[i] = fromHalf(halves[i]);
  return floats;
}

function quantized(weight: string): UnderstudyError {
  return new UnderstudyError({
    kind: 'input',
    code: 'model-unsupported',
    message: `the model is quantized: its weight '${weight}' is stored in integers, expected float32 or float16`,
    next: 'use the bundle that it was quantized from; only onnxruntime plays a quantized one',
  });
}

/**
 * The float weights of an ONNX file that this program wrote, in the file's layout; float16 ones are widened.
 *
 * @throws UnderstudyError 'bundle-corrupt'; 'model-unsupported' for a quantized model
 */
export function readInitialisers(bytes: Uint8Array): Map<string, WeightTensor> {
  const tensors = new Map<string, WeightTensor>();
  for (const tensor of checkGraph(bytes, 'the ONNX file').graph.initializer ?? []) {
    if (tensor.dataType === DATA_TYPE.int64) continue;
    if (tensor.dataType !== DATA_TYPE.float32 && tensor.dataType !== DATA_TYPE.float16) throw quantized(tensor.name);
    const name = tensor.name.endsWith(HALF_SUFFIX) ? tensor.name.slice(0, -HALF_SUFFIX.length) : tensor.name;
    tensors.set(name, { shape: tensor.dims ?? [], data: floatsOf(tensor) });
  }
  return tensors;
}

/**
 * One of these weights.
 *
 * @throws UnderstudyError 'bundle-corrupt' where there is no weight of that name
 */
export function requireTensor(tensors: ReadonlyMap<string, WeightTensor>, name: string): WeightTensor {
  const tensor = tensors.get(name);
  if (tensor !== undefined) return tensor;
  throw new UnderstudyError({
    kind: 'input',
    code: 'bundle-corrupt',
    message: `the ONNX file has no weight '${name}'; it has ${[...tensors.keys()].join(', ') || 'none'}`,
    next: 'use a file that understudy wrote, or import the model again',
  });
}
