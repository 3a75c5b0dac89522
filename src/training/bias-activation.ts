/**
 * Bias and activation of a layer as one step with its own gradient. Uses TensorFlow's fused operations where it can, so
 * that sums are made in Keras' order (Adam's first steps amplify any difference) and memory is read fewer times.
 */
import { floatOp, type Engine, type Tensor } from './engine.js';
import type { Activation } from './network.js';

/** Applies one of Keras' activations. */
export function activate(engine: Engine, activation: Activation, x: Tensor): Tensor {
  return activation === 'linear' ? x : engine.tf[activation](x);
}

/** Gradient of the activation's input, from its output `y` and the gradient `dy` of that output. */
function activationGradient(engine: Engine, activation: Activation, y: Tensor, dy: Tensor): Tensor {
  const { tf, node } = engine;
  switch (activation) {
    case 'linear':
      return dy;
    case 'relu':
      return node === null ? tf.mul(dy, tf.step(y)) : floatOp(node, 'ReluGrad', [dy, y]);
    case 'sigmoid':
      return node === null ? tf.mul(tf.mul(dy, y), tf.sub(1, y)) : floatOp(node, 'SigmoidGrad', [y, dy]);
    case 'tanh':
      return node === null ? tf.mul(dy, tf.sub(1, tf.square(y))) : floatOp(node, 'TanhGrad', [y, dy]);
  }
}

function biasGradient(engine: Engine, gradient: Tensor): Tensor {
  const { tf, node } = engine;
  if (node !== null) return floatOp(node, 'BiasAddGrad', [gradient]);
  return tf.sum(
    gradient,
    Array.from({ length: gradient.rank - 1 }, (_, axis) => axis),
  );
}

/**
 * activation(raw + bias).
 *
 * @param raw [B, ..., C]
 * @param bias [C], or null
 */
export function biasActivation(engine: Engine, raw: Tensor, bias: Tensor | null, activation: Activation): Tensor {
  const { tf, node } = engine;
  const add = (x: Tensor, b: Tensor): Tensor => (node === null ? tf.add(x, b) : floatOp(node, 'BiasAdd', [x, b]));
  const step = tf.customGrad((...args: unknown[]) => {
    const save = args[args.length - 1] as (tensors: Tensor[]) => void;
    const x = args[0] as Tensor;
    const value = activate(engine, activation, bias === null ? x : add(x, args[1] as Tensor));
    save([value]);
    const gradFunc = (dy: Tensor, saved: Tensor[]): Tensor | Tensor[] => {
      const dx = activationGradient(engine, activation, saved[0], dy);
      return bias === null ? dx : [dx, biasGradient(engine, dx)];
    };
    return { value, gradFunc };
  });
  return bias === null ? step(raw) : step(raw, bias);
}
