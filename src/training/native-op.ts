/** Runs TensorFlow operations for which TensorFlow.js has no API, by one call on tfjs-node's backend. */
import type { NodeBackend, Tensor } from './engine.js';

/** Runs an operation whose only attribute is its float type, and that has one output. */
export function floatOp(node: NodeBackend, name: string, inputs: readonly Tensor[]): Tensor {
  const attributes = [{ name: 'T', type: node.binding.TF_ATTR_TYPE, value: node.binding.TF_FLOAT }];
  return node.executeMultipleOutputs(name, attributes, [...inputs], 1)[0];
}
