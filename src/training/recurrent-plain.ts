/**
 * GRU and LSTM in every variant that Keras can write (other activations, no bias, reset before the product), step by
 * step and differentiated by the engine. Slower than src/training/recurrent.ts, which the study's layers use.
 */
import type { Engine, Tensor, Tensor2D } from './engine.js';
import { activate } from './activation.js';
import type { RecurrentSpec } from './network.js';

function stepsOf(engine: Engine, x: Tensor): Tensor2D[] {
  return engine.tf.unstack(x, 1) as Tensor2D[];
}

function collect(engine: Engine, states: readonly Tensor[], returnSequences: boolean): Tensor {
  return returnSequences ? engine.tf.stack([...states], 1) : states[states.length - 1];
}

/** Keras' GRU: gates update, reset; weights kernel, recurrent kernel and, with a bias, [2, 3U] or [3U]. */
export function plainGru(engine: Engine, layer: RecurrentSpec, x: Tensor, weights: readonly Tensor[]): Tensor {
  const { tf } = engine;
  const { units } = layer;
  const [kernel, recurrentKernel, bias] = weights as [Tensor2D, Tensor2D, Tensor | undefined];
  const [inputBias, recurrentBias] = bias === undefined ? [] : layer.resetAfter ? tf.unstack(bias) : [bias];
  const plus = (raw: Tensor, offset: Tensor | undefined): Tensor => (offset === undefined ? raw : tf.add(raw, offset));
  const [gateKernel, candidateKernel] = tf.split<Tensor2D>(recurrentKernel, [2 * units, units], 1);
  const states: Tensor[] = [];
  let state: Tensor2D = tf.zeros([x.shape[0], units]);
  for (const input of stepsOf(engine, x)) {
    const [gateIn, candidateIn] = tf.split(plus(tf.matMul(input, kernel), inputBias), [2 * units, units], 1);
    let gateProduct: Tensor;
    let recurrent: (reset: Tensor) => Tensor;
    if (layer.resetAfter) {
      const [gates, rest] = tf.split(plus(tf.matMul(state, recurrentKernel), recurrentBias), [2 * units, units], 1);
      gateProduct = gates;
      recurrent = (reset) => tf.mul(reset, rest);
    } else {
      const before = state;
      gateProduct = tf.matMul(state, gateKernel);
      recurrent = (reset) => tf.matMul(tf.mul<Tensor2D>(reset, before), candidateKernel);
    }
    const gates = activate(engine, layer.recurrentActivation, tf.add(gateIn, gateProduct));
    const [update, reset] = tf.split(gates, 2, 1);
    const candidate = activate(engine, layer.activation, tf.add(candidateIn, recurrent(reset)));
    state = tf.add<Tensor2D>(tf.mul(update, state), tf.mul(tf.sub(1, update), candidate));
    states.push(state);
  }
  return collect(engine, states, layer.returnSequences);
}

/** Keras' LSTM: gates input, forget, candidate, output; weights kernel, recurrent kernel and, with a bias, [4U]. */
export function plainLstm(engine: Engine, layer: RecurrentSpec, x: Tensor, weights: readonly Tensor[]): Tensor {
  const { tf } = engine;
  const [kernel, recurrentKernel, bias] = weights as [Tensor2D, Tensor2D, Tensor | undefined];
  const gate = (raw: Tensor): Tensor => activate(engine, layer.recurrentActivation, raw);
  const states: Tensor[] = [];
  let state: Tensor2D = tf.zeros([x.shape[0], layer.units]);
  let cell: Tensor = tf.zeros([x.shape[0], layer.units]);
  for (const step of stepsOf(engine, x)) {
    const product: Tensor = tf.add(tf.matMul(step, kernel), tf.matMul(state, recurrentKernel));
    const [input, forget, candidate, output] = tf.split(bias === undefined ? product : tf.add(product, bias), 4, 1);
    const fresh = tf.mul(gate(input), activate(engine, layer.activation, candidate));
    cell = tf.add(tf.mul(gate(forget), cell), fresh);
    state = tf.mul<Tensor2D>(gate(output), activate(engine, layer.activation, cell));
    states.push(state);
  }
  return collect(engine, states, layer.returnSequences);
}
