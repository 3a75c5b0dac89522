/** Keras' activations on an engine. */
import type { Engine, Tensor } from './engine.js';
import type { Activation } from './network.js';

/** Applies one of Keras' activations. */
export function activate(engine: Engine, activation: Activation, x: Tensor): Tensor {
  switch (activation) {
    case 'linear':
      return x;
    case 'relu':
      return engine.tf.relu(x);
    case 'sigmoid':
      return engine.tf.sigmoid(x);
    case 'tanh':
      return engine.tf.tanh(x);
  }
}
