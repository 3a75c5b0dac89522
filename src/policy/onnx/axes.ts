/** Reorders the axes and the gates of weights: Keras and ONNX store the same numbers in different orders. */
import { sizeOf, type WeightTensor } from './graph-builder.js';

/** The tensor with its axes in the order `axes`, as numpy's transpose. */
export function transposed(tensor: WeightTensor, axes: readonly number[]): WeightTensor {
  const shape = axes.map((axis) => tensor.shape[axis]);
  const strides = axes.map((axis) => sizeOf(tensor.shape.slice(axis + 1)));
  const data = new Float32Array(tensor.data.length);
  const index = shape.map(() => 0);
  let from = 0;
  for (let to = 0; to < data.length; to += 1) {
    data[to] = tensor.data[from];
    for (let axis = shape.length - 1; axis >= 0; axis -= 1) {
      index[axis] += 1;
      from += strides[axis];
      if (index[axis] < shape[axis]) break;
      from -= strides[axis] * shape[axis];
      index[axis] = 0;
    }
  }
  return { shape, data };
}

/** The same values under another shape of the same size. */
export function reshaped(tensor: WeightTensor, shape: readonly number[]): WeightTensor {
  if (sizeOf(shape) !== tensor.data.length)
    throw new Error(`[${tensor.shape.join()}] does not reshape to [${shape.join()}]`);
  return { shape, data: tensor.data };
}

/**
 * The rows of a [gates * units, ...] tensor with its gates in another order.
 *
 * @param order order[g] is the gate of the input that becomes gate g
 */
export function withGates(tensor: WeightTensor, order: readonly number[]): WeightTensor {
  const block = tensor.data.length / order.length;
  const data = new Float32Array(tensor.data.length);
  for (const [gate, from] of order.entries())
    data.set(tensor.data.subarray(from * block, (from + 1) * block), gate * block);
  return { shape: tensor.shape, data };
}

/** Several tensors of equal trailing shape, one after the other along the first axis. */
export function concatenated(tensors: readonly WeightTensor[]): WeightTensor {
  const data = new Float32Array(tensors.reduce((size, tensor) => size + tensor.data.length, 0));
  let at = 0;
  for (const tensor of tensors) {
    data.set(tensor.data, at);
    at += tensor.data.length;
  }
  const rows = tensors.reduce((sum, tensor) => sum + tensor.shape[0], 0);
  return { shape: [rows, ...tensors[0].shape.slice(1)], data };
}
