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

/** What one forward pass computes and the backward pass needs. */
interface Unrolled {
  /** The state after each step, [B, U]. */
  readonly after: Tensor2D[];
  /** The state before each step, [T * B, U]. */
  readonly before: Tensor2D;
  /** What else the gradients need, [T * B, n] each, as `backward` of the same layer takes it. */
  readonly kept: Tensor2D[];
}

/** Gradients of the pre-activations, [T * B, n], and of the bias. */
interface PreActivationGradients {
  readonly dInput: Tensor2D;
  readonly dRecurrent: Tensor2D;
  readonly dBias: Tensor;
}

interface RecurrentLayer {
  readonly forward: (engine: Engine, x: Tensor, kernel: Tensor2D, recurrentKernel: Tensor2D, bias: Tensor) => Unrolled;
  /** @param dOutputs gradient of each step's output; null for one that is not used */
  readonly backward: (
    engine: Engine,
    saved: Pick<Unrolled, 'before' | 'kept'>,
    recurrentKernel: Tensor2D,
    dOutputs: readonly (Tensor2D | null)[],
  ) => PreActivationGradients;
}

/** Runs a layer as one operation with its own gradient. */
function run(
  engine: Engine,
  { forward, backward }: RecurrentLayer,
  { x: input, returnSequences, needsInputGradient }: RecurrentInputs,
  weights: readonly Tensor[],
): Tensor {
  const { tf } = engine;
  const layer = tf.customGrad((...args: unknown[]) => {
    const [x, kernel, recurrentKernel, bias] = args as [Tensor, Tensor2D, Tensor2D, Tensor];
    const save = args[4] as (tensors: Tensor[]) => void;
    const [batch, steps] = x.shape;
    const { after, before, kept } = forward(engine, x, kernel, recurrentKernel, bias);
    save([x, kernel, recurrentKernel, before, ...kept]);
    const value: Tensor = returnSequences ? batchMajor(engine, tf.concat(after, 0), batch, steps) : after[steps - 1];
    const gradFunc = (dy: Tensor, saved: Tensor[]): Tensor[] => {
      const [sX, sKernel, sRecurrentKernel, sBefore, ...sKept] = saved as Tensor2D[];
      const dOutputs = outputGradients(engine, dy, steps, returnSequences);
      const gradients = backward(engine, { before: sBefore, kept: sKept }, sRecurrentKernel, dOutputs);
      const products = { x: sX as Tensor, kernel: sKernel, before: sBefore, ...gradients };
      return [...productGradients(engine, products, needsInputGradient), gradients.dBias];
    };
    return { value, gradFunc };
  });
  return layer(input, ...weights);
}

function gruForward(engine: Engine, x: Tensor, kernel: Tensor2D, recurrentKernel: Tensor2D, bias: Tensor): Unrolled {
  const { tf } = engine;
  const [batch, steps] = x.shape;
  const units = recurrentKernel.shape[0];
  const [inputBias, recurrentBias] = tf.unstack(bias) as [Tensor, Tensor];
  const inputs = tf.add(tf.matMul(timeMajor(engine, x), kernel), inputBias);
  const [gateInputs, candidateInputs] = tf
    .split(inputs, [2 * units, units], 1)
    .map((part) => tf.split(part as Tensor2D, steps, 0)) as [Tensor2D[], Tensor2D[]];
  const gatesBy: Tensor2D[] = []; // z and r, [B, 2U] for each step
  const candidates: Tensor2D[] = [];
  const recurrents: Tensor2D[] = []; // h U_h + b_h before the reset gate
  const befores: Tensor2D[] = [];
  const after: Tensor2D[] = [];
  let state: Tensor2D = tf.zeros([batch, units]);
  for (let step = 0; step < steps; step += 1) {
    const product = tf.add(tf.matMul(state, recurrentKernel), recurrentBias);
    const [gateProduct, recurrent] = tf.split<Tensor2D>(product, [2 * units, units], 1);
    const gates = tf.sigmoid(tf.add(gateInputs[step], gateProduct));
    const [update, reset] = tf.split<Tensor2D>(gates, 2, 1);
    const candidate = tf.tanh(tf.add(candidateInputs[step], tf.mul(reset, recurrent)));
    befores.push(state);
    state = tf.add(candidate, tf.mul(update, tf.sub(state, candidate)));
    gatesBy.push(gates as Tensor2D);
    candidates.push(candidate as Tensor2D);
    recurrents.push(recurrent);
    after.push(state);
  }
  const rows = (parts: Tensor2D[]): Tensor2D => tf.concat(parts, 0);
  return { after, before: rows(befores), kept: [gatesBy, candidates, recurrents].map(rows) };
}

/** The backward pass. Every factor but the incoming gradient is computed for all steps at once. */
function gruBackward(
  engine: Engine,
  { before, kept: [gates, candidate, recurrent] }: Pick<Unrolled, 'before' | 'kept'>,
  recurrentKernel: Tensor2D,
  dOutputs: readonly (Tensor2D | null)[],
): PreActivationGradients {
  const { tf } = engine;
  const steps = dOutputs.length;
  const [update, reset] = tf.split<Tensor2D>(gates, 2, 1);
  const [updateSlope, resetSlope] = tf.split<Tensor2D>(tf.mul(gates, tf.sub(1, gates)), 2, 1);
  const byStep = (rows: Tensor): Tensor2D[] => tf.split(rows, steps, 0);
  const updateFactor = byStep(tf.mul(tf.sub(before, candidate), updateSlope));
  const candidateFactor = byStep(tf.mul(tf.sub(1, update), tf.sub(1, tf.square(candidate))));
  const resetFactor = byStep(tf.mul(recurrent, resetSlope));
  const [updates, resets] = [byStep(update), byStep(reset)];
  const dInputs: Tensor2D[] = [];
  const dProducts: Tensor2D[] = [];
  let carried: Tensor2D | null = null;
  for (let step = steps - 1; step >= 0; step -= 1) {
    const own = dOutputs[step];
    const dState: Tensor2D = carried === null ? own! : own === null ? carried : tf.add(carried, own);
    const dUpdate = tf.mul(dState, updateFactor[step]);
    const dCandidate: Tensor2D = tf.mul(dState, candidateFactor[step]);
    const dReset = tf.mul(dCandidate, resetFactor[step]);
    const dProduct: Tensor2D = tf.concat([dUpdate, dReset, tf.mul(dCandidate, resets[step])] as Tensor2D[], 1);
    dInputs[step] = tf.concat([dUpdate, dReset, dCandidate] as Tensor2D[], 1);
    dProducts[step] = dProduct;
    if (step > 0) {
      carried = tf.add(tf.mul(dState, updates[step]), tf.matMul(dProduct, recurrentKernel, false, true));
    }
  }
  const [dInput, dRecurrent] = [tf.concat(dInputs, 0), tf.concat(dProducts, 0)];
  return { dInput, dRecurrent, dBias: tf.stack([tf.sum(dInput, 0), tf.sum(dRecurrent, 0)]) };
}

/**
 * Keras' GRU with reset_after, sigmoid gates (update, reset) and a tanh candidate.
 *
 * @param weights kernel [D, 3U], recurrent kernel [U, 3U], bias [2, 3U]
 * @returns [B, T, U], or [B, U] of the last step
 */
export function gru(engine: Engine, inputs: RecurrentInputs, weights: readonly Tensor[]): Tensor {
  return run(engine, { forward: gruForward, backward: gruBackward }, inputs, weights);
}

function lstmForward(engine: Engine, x: Tensor, kernel: Tensor2D, recurrentKernel: Tensor2D, bias: Tensor): Unrolled {
  const { tf } = engine;
  const [batch, steps] = x.shape;
  const units = recurrentKernel.shape[0];
  const inputs = tf.split(tf.add<Tensor2D>(tf.matMul(timeMajor(engine, x), kernel), bias), steps, 0);
  const gatesBy: Tensor2D[] = []; // sigmoid of input and forget, [B, 2U] for each step
  const candidates: Tensor2D[] = [];
  const outputs: Tensor2D[] = [];
  const squasheds: Tensor2D[] = []; // tanh of the cell after the step
  const cells: Tensor2D[] = []; // before the step
  const befores: Tensor2D[] = [];
  const after: Tensor2D[] = [];
  let state: Tensor2D = tf.zeros([batch, units]);
  let cell: Tensor2D = tf.zeros([batch, units]);
  for (let step = 0; step < steps; step += 1) {
    const product = tf.add(inputs[step], tf.matMul(state, recurrentKernel));
    const [gateIn, candidateIn, outputIn] = tf.split<Tensor2D>(product, [2 * units, units, units], 1);
    const gates = tf.sigmoid(gateIn);
    const [input, forget] = tf.split<Tensor2D>(gates, 2, 1);
    const candidate = tf.tanh(candidateIn);
    const output = tf.sigmoid(outputIn);
    cells.push(cell);
    befores.push(state);
    cell = tf.add(tf.mul(forget, cell), tf.mul(input, candidate));
    const squashed = tf.tanh(cell);
    state = tf.mul(output, squashed);
    gatesBy.push(gates);
    candidates.push(candidate);
    outputs.push(output);
    squasheds.push(squashed);
    after.push(state);
  }
  const rows = (parts: Tensor2D[]): Tensor2D => tf.concat(parts, 0);
  return { after, before: rows(befores), kept: [gatesBy, candidates, outputs, squasheds, cells].map(rows) };
}

/** The backward pass; the gradient of both products is [T * B, 4U] in Keras' order i, f, c, o. */
function lstmBackward(
  engine: Engine,
  { kept: [gates, candidate, output, squashed, cellBefore] }: Pick<Unrolled, 'kept'>,
  recurrentKernel: Tensor2D,
  dOutputs: readonly (Tensor2D | null)[],
): PreActivationGradients {
  const { tf } = engine;
  const steps = dOutputs.length;
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
  const dBoth = tf.concat(dProducts, 0);
  return { dInput: dBoth, dRecurrent: dBoth, dBias: tf.sum(dBoth, 0) };
}

/**
 * Keras' LSTM with sigmoid gates (input, forget, output) and tanh.
 *
 * @param weights kernel [D, 4U], recurrent kernel [U, 4U], bias [4U]
 * @returns [B, T, U], or [B, U] of the last step
 */
export function lstm(engine: Engine, inputs: RecurrentInputs, weights: readonly Tensor[]): Tensor {
  return run(engine, { forward: lstmForward, backward: lstmBackward }, inputs, weights);
}
