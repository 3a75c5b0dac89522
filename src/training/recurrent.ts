/**
 * Keras' GRU and LSTM with hand-written gradients (backpropagation through time). Recording each small operation of ten
 * steps on TensorFlow.js' tape costs five times Keras' time. This makes one product for the inputs of all steps, one
 * sigmoid for all gates, and computes the gradients' factors for all steps before the backward pass.
 */
import type { Engine, Tensor, Tensor2D, Tensor3D } from './engine.js';

/** Inputs of both layers. `x` is [B, T, D]; `needsInputGradient` is false for the first layer of a model. */
export interface RecurrentInputs {
  readonly x: Tensor;
  readonly returnSequences: boolean;
  readonly needsInputGradient: boolean;
}

/** [B, T, n] -> [T * B, n], so that one step's rows lie together. */
function timeMajor(engine: Engine, x: Tensor): Tensor2D {
  const [batch, steps, width] = x.shape;
  return engine.tf.reshape(engine.tf.transpose(x, [1, 0, 2]), [steps * batch, width]);
}

/** [T * B, n] -> [B, T, n] */
function batchMajor(engine: Engine, rows: Tensor2D, batch: number, steps: number): Tensor3D {
  return engine.tf.transpose<Tensor3D>(engine.tf.reshape(rows, [steps, batch, rows.shape[1]]), [1, 0, 2]);
}

/** Gradient of the outputs by step: [B, T, U] gives T pieces, [B, U] only the last one. */
function outputGradients(engine: Engine, dy: Tensor, steps: number, returnSequences: boolean): (Tensor2D | null)[] {
  if (returnSequences) return engine.tf.split(timeMajor(engine, dy), steps, 0);
  return Array.from({ length: steps }, (_, step) => (step === steps - 1 ? (dy as Tensor2D) : null));
}

/** Gradients of x, kernel and recurrent kernel from those of the pre-activations, for all steps at once. */
function productGradients(
  engine: Engine,
  parts: { x: Tensor; kernel: Tensor2D; before: Tensor2D; dInput: Tensor2D; dRecurrent: Tensor2D },
  needsInputGradient: boolean,
): Tensor[] {
  const { tf } = engine;
  const { x, kernel, before, dInput, dRecurrent } = parts;
  const [batch, steps] = x.shape as [number, number];
  const dKernel = tf.matMul(timeMajor(engine, x), dInput, true, false);
  const dRecurrentKernel = tf.matMul(before, dRecurrent, true, false);
  const dx = needsInputGradient
    ? batchMajor(engine, tf.matMul(dInput, kernel, false, true), batch, steps)
    : tf.zerosLike(x);
  return [dx, dKernel, dRecurrentKernel];
}

interface GruTrace {
  readonly gates: Tensor2D[]; // z and r, [B, 2U] for each step
  readonly candidate: Tensor2D[]; // [B, U]
  readonly recurrent: Tensor2D[]; // h U_h + b_h before the reset gate, [B, U]
  readonly before: Tensor2D[]; // the state before the step, [B, U]
  readonly after: Tensor2D[];
}

function gruForward(engine: Engine, x: Tensor, kernel: Tensor2D, recurrentKernel: Tensor2D, bias: Tensor2D): GruTrace {
  const { tf } = engine;
  const [batch, steps] = x.shape;
  const units = recurrentKernel.shape[0];
  const [inputBias, recurrentBias] = tf.unstack(bias) as [Tensor, Tensor];
  const inputs = tf.add(tf.matMul(timeMajor(engine, x), kernel), inputBias);
  const [gateInputs, candidateInputs] = tf
    .split(inputs, [2 * units, units], 1)
    .map((part) => tf.split(part as Tensor2D, steps, 0)) as [Tensor2D[], Tensor2D[]];
  const trace: GruTrace = { gates: [], candidate: [], recurrent: [], before: [], after: [] };
  let state: Tensor2D = tf.zeros([batch, units]);
  for (let step = 0; step < steps; step += 1) {
    const product = tf.add(tf.matMul(state, recurrentKernel), recurrentBias);
    const [gateProduct, recurrent] = tf.split<Tensor2D>(product, [2 * units, units], 1);
    const gates = tf.sigmoid(tf.add(gateInputs[step], gateProduct));
    const [update, reset] = tf.split<Tensor2D>(gates, 2, 1);
    const candidate = tf.tanh(tf.add(candidateInputs[step], tf.mul(reset, recurrent)));
    trace.before.push(state);
    state = tf.add(candidate, tf.mul(update, tf.sub(state, candidate)));
    trace.gates.push(gates as Tensor2D);
    trace.candidate.push(candidate as Tensor2D);
    trace.recurrent.push(recurrent);
    trace.after.push(state);
  }
  return trace;
}

interface PreActivationGradients {
  readonly dInput: Tensor2D; // [T * B, 3U]
  readonly dRecurrent: Tensor2D; // [T * B, 3U]
}

/** The backward pass. Every factor but the incoming gradient is computed for all steps at once. */
function gruBackward(
  engine: Engine,
  saved: { gates: Tensor2D; candidate: Tensor2D; recurrent: Tensor2D; before: Tensor2D; recurrentKernel: Tensor2D },
  dOutputs: readonly (Tensor2D | null)[],
): PreActivationGradients {
  const { tf } = engine;
  const steps = dOutputs.length;
  const { gates, candidate, recurrent, before, recurrentKernel } = saved;
  const [update, reset] = tf.split<Tensor2D>(gates, 2, 1);
  const [updateSlope, resetSlope] = tf.split<Tensor2D>(tf.mul(gates, tf.sub(1, gates)), 2, 1);
  const byStep = (rows: Tensor): Tensor2D[] => tf.split(rows, steps, 0);
  const updateFactor = byStep(tf.mul(tf.sub(before, candidate), updateSlope));
  const candidateFactor = byStep(tf.mul(tf.sub(1, update), tf.sub(1, tf.square(candidate))));
  const resetFactor = byStep(tf.mul(recurrent, resetSlope));
  const [updates, resets] = [byStep(update), byStep(reset)];
  const dInput: Tensor2D[] = [];
  const dRecurrent: Tensor2D[] = [];
  let carried: Tensor2D | null = null;
  for (let step = steps - 1; step >= 0; step -= 1) {
    const own = dOutputs[step];
    const dState: Tensor2D = carried === null ? own! : own === null ? carried : tf.add(carried, own);
    const dUpdate = tf.mul(dState, updateFactor[step]);
    const dCandidate: Tensor2D = tf.mul(dState, candidateFactor[step]);
    const dReset = tf.mul(dCandidate, resetFactor[step]);
    const dProduct: Tensor2D = tf.concat([dUpdate, dReset, tf.mul(dCandidate, resets[step])] as Tensor2D[], 1);
    dInput[step] = tf.concat([dUpdate, dReset, dCandidate] as Tensor2D[], 1);
    dRecurrent[step] = dProduct;
    if (step > 0) {
      carried = tf.add(tf.mul(dState, updates[step]), tf.matMul(dProduct, recurrentKernel, false, true));
    }
  }
  return { dInput: tf.concat(dInput, 0), dRecurrent: tf.concat(dRecurrent, 0) };
}

/**
 * Keras' GRU with reset_after, sigmoid gates (update, reset) and a tanh candidate.
 *
 * @param weights kernel [D, 3U], recurrent kernel [U, 3U], bias [2, 3U]
 * @returns [B, T, U], or [B, U] of the last step
 */
export function gru(engine: Engine, inputs: RecurrentInputs, weights: readonly Tensor[]): Tensor {
  const { tf } = engine;
  const { returnSequences, needsInputGradient } = inputs;
  const layer = tf.customGrad((...args: unknown[]) => {
    const [x, kernel, recurrentKernel, bias] = args as [Tensor, Tensor2D, Tensor2D, Tensor2D];
    const save = args[4] as (tensors: Tensor[]) => void;
    const [batch, steps] = x.shape;
    const trace = gruForward(engine, x, kernel, recurrentKernel, bias);
    const rows = (parts: Tensor2D[]): Tensor2D => tf.concat(parts, 0);
    const traced = [trace.gates, trace.candidate, trace.recurrent, trace.before].map(rows);
    save([x, kernel, recurrentKernel, ...traced]);
    const value: Tensor = returnSequences
      ? batchMajor(engine, rows(trace.after), batch, steps)
      : trace.after[steps - 1];
    const gradFunc = (dy: Tensor, saved: Tensor[]): Tensor[] => {
      const [sx, sKernel, sRecurrentKernel, gates, candidate, recurrent, before] = saved as Tensor2D[];
      const dOutputs = outputGradients(engine, dy, steps, returnSequences);
      const state = { gates, candidate, recurrent, before, recurrentKernel: sRecurrentKernel };
      const { dInput, dRecurrent } = gruBackward(engine, state, dOutputs);
      const products = { x: sx as Tensor, kernel: sKernel, before, dInput, dRecurrent };
      const dBias = tf.stack([tf.sum(dInput, 0), tf.sum(dRecurrent, 0)]);
      return [...productGradients(engine, products, needsInputGradient), dBias];
    };
    return { value, gradFunc };
  });
  return layer(inputs.x, ...weights);
}

interface LstmTrace {
  readonly gates: Tensor2D[]; // sigmoid of input and forget, [B, 2U]
  readonly candidate: Tensor2D[];
  readonly output: Tensor2D[];
  readonly cell: Tensor2D[]; // after the step
  readonly squashed: Tensor2D[]; // tanh of the cell
  readonly after: Tensor2D[];
}

function lstmForward(engine: Engine, x: Tensor, kernel: Tensor2D, recurrentKernel: Tensor2D, bias: Tensor): LstmTrace {
  const { tf } = engine;
  const [batch, steps] = x.shape;
  const units = recurrentKernel.shape[0];
  const inputs = tf.split(tf.add<Tensor2D>(tf.matMul(timeMajor(engine, x), kernel), bias), steps, 0);
  const trace: LstmTrace = { gates: [], candidate: [], output: [], cell: [], squashed: [], after: [] };
  let state: Tensor2D = tf.zeros([batch, units]);
  let cell: Tensor2D = tf.zeros([batch, units]);
  for (let step = 0; step < steps; step += 1) {
    const product = tf.add(inputs[step], tf.matMul(state, recurrentKernel));
    const [gateIn, candidateIn, outputIn] = tf.split<Tensor2D>(product, [2 * units, units, units], 1);
    const gates = tf.sigmoid(gateIn);
    const [input, forget] = tf.split<Tensor2D>(gates, 2, 1);
    const candidate = tf.tanh(candidateIn);
    const output = tf.sigmoid(outputIn);
    cell = tf.add(tf.mul(forget, cell), tf.mul(input, candidate));
    const squashed = tf.tanh(cell);
    state = tf.mul(output, squashed);
    trace.gates.push(gates);
    trace.candidate.push(candidate);
    trace.output.push(output);
    trace.cell.push(cell);
    trace.squashed.push(squashed);
    trace.after.push(state);
  }
  return trace;
}

interface LstmSaved {
  readonly gates: Tensor2D;
  readonly candidate: Tensor2D;
  readonly output: Tensor2D;
  readonly squashed: Tensor2D;
  readonly cellBefore: Tensor2D;
  readonly recurrentKernel: Tensor2D;
}

/** The backward pass; returns the gradient of the pre-activations, [T * B, 4U] in Keras' order i, f, c, o. */
function lstmBackward(engine: Engine, saved: LstmSaved, dOutputs: readonly (Tensor2D | null)[]): Tensor2D {
  const { tf } = engine;
  const steps = dOutputs.length;
  const { gates, candidate, output, squashed, cellBefore, recurrentKernel } = saved;
  const [input, forget] = tf.split<Tensor2D>(gates, 2, 1);
  const [inputSlope, forgetSlope] = tf.split<Tensor2D>(tf.mul(gates, tf.sub(1, gates)), 2, 1);
  const byStep = (rows: Tensor): Tensor2D[] => tf.split(rows, steps, 0);
  const outputFactor = byStep(tf.mul(squashed, tf.mul(output, tf.sub(1, output))));
  const cellFactor = byStep(tf.mul(output, tf.sub(1, tf.square(squashed))));
  const inputFactor = tf.mul(candidate, inputSlope);
  const forgetFactor = tf.mul(cellBefore, forgetSlope);
  const candidateFactor = tf.mul(input, tf.sub(1, tf.square(candidate)));
  // three factors of the same incoming gradient: one product for all
  const gateFactors = byStep(tf.concat([inputFactor, forgetFactor, candidateFactor] as Tensor2D[], 1));
  const forgets = byStep(forget);
  const dProducts: Tensor2D[] = [];
  let dStateCarried: Tensor2D | null = null;
  let dCellCarried: Tensor2D | null = null;
  for (let step = steps - 1; step >= 0; step -= 1) {
    const own = dOutputs[step];
    const dState: Tensor2D = dStateCarried === null ? own! : own === null ? dStateCarried : tf.add(dStateCarried, own);
    const viaOutput: Tensor2D = tf.mul(dState, cellFactor[step]);
    const dCell: Tensor2D = dCellCarried === null ? viaOutput : tf.add(viaOutput, dCellCarried);
    const dGates = tf.mul<Tensor2D>(tf.tile(dCell, [1, 3]), gateFactors[step]);
    const dProduct: Tensor2D = tf.concat([dGates, tf.mul<Tensor2D>(dState, outputFactor[step])], 1);
    dProducts[step] = dProduct;
    if (step > 0) {
      dStateCarried = tf.matMul(dProduct, recurrentKernel, false, true);
      dCellCarried = tf.mul(dCell, forgets[step]);
    }
  }
  return tf.concat(dProducts, 0);
}

/**
 * Keras' LSTM with sigmoid gates (input, forget, output) and tanh.
 *
 * @param weights kernel [D, 4U], recurrent kernel [U, 4U], bias [4U]
 * @returns [B, T, U], or [B, U] of the last step
 */
export function lstm(engine: Engine, inputs: RecurrentInputs, weights: readonly Tensor[]): Tensor {
  const { tf } = engine;
  const { returnSequences, needsInputGradient } = inputs;
  const layer = tf.customGrad((...args: unknown[]) => {
    const [x, kernel, recurrentKernel, bias] = args as [Tensor, Tensor2D, Tensor2D, Tensor];
    const save = args[4] as (tensors: Tensor[]) => void;
    const [batch, steps] = x.shape;
    const units = recurrentKernel.shape[0];
    const trace = lstmForward(engine, x, kernel, recurrentKernel, bias);
    const rows = (parts: Tensor2D[]): Tensor2D => tf.concat(parts, 0);
    const zero: Tensor2D = tf.zeros([batch, units]);
    const shifted = (parts: Tensor2D[]): Tensor2D => rows([zero, ...parts.slice(0, -1)]);
    const traced = [trace.gates, trace.candidate, trace.output, trace.squashed].map(rows);
    save([x, kernel, recurrentKernel, ...traced, shifted(trace.cell), shifted(trace.after)]);
    const value: Tensor = returnSequences
      ? batchMajor(engine, rows(trace.after), batch, steps)
      : trace.after[steps - 1];
    const gradFunc = (dy: Tensor, saved: Tensor[]): Tensor[] => {
      const [sx, sKernel, sRecurrentKernel, gates, candidate, output, squashed, cellBefore, before] =
        saved as Tensor2D[];
      const dOutputs = outputGradients(engine, dy, steps, returnSequences);
      const state = { gates, candidate, output, squashed, cellBefore, recurrentKernel: sRecurrentKernel };
      const dProducts = lstmBackward(engine, state, dOutputs);
      const products = { x: sx as Tensor, kernel: sKernel, before, dInput: dProducts, dRecurrent: dProducts };
      return [...productGradients(engine, products, needsInputGradient), tf.sum(dProducts, 0)];
    };
    return { value, gradFunc };
  });
  return layer(inputs.x, ...weights);
}
