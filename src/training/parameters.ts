/**
 * Trainable weights with their Adam state. On tfjs-node they are TensorFlow's own variables and each is updated by one
 * fused operation: tfjs' Adam makes 14 passes over 19 million weights where this makes one. Does not depend on layers.
 */
import { floatOp, type Engine, type NodeBackend, type OpAttribute, type Tensor } from './engine.js';
import type { NamedArray, WeightSpec } from './network.js';

/** Keras' defaults of Adam (Kingma and Ba, 2015, with epsilon outside the bias correction). */
const BETA1 = 0.9;
const BETA2 = 0.999;
/** TensorFlow.js has 1e-8. */
const EPSILON = 1e-7;

/** Everything that a checkpoint needs to continue as if the run had not been stopped. */
export interface ParameterState {
  readonly weights: readonly NamedArray[];
  readonly firstMoments: readonly Float32Array[];
  readonly secondMoments: readonly Float32Array[];
  /** Adam steps made. */
  readonly step: number;
}

export interface Parameters extends Disposable {
  /** Calls `use` with the current weights, in their order; they are valid during the call only. */
  withWeights<T>(use: (weights: Tensor[]) => T): T;
  /** Adam steps made. */
  readonly step: number;
  /** One Adam step. `gradients` has one for each weight, of its shape; they are disposed here. */
  applyGradients(gradients: readonly Tensor[], learningRate: number): void;
  /** Weights and Adam's state, copied. */
  state(): ParameterState;
}

/**
 * beta^step as Keras computes it, in float32 from a float32 beta. 0.999 is not a float32: 1 - 0.999 comes out 1.3e-5
 * too small, enough to differ from Keras within ten steps, since Adam's first steps use little but the gradient's sign.
 */
const power = (beta: number, step: number): number => Math.fround(Math.fround(beta) ** step);

/**
 * How much larger 1 - beta is in Keras, which subtracts before it rounds, than in TensorFlow's fused operation, which
 * rounds first. It is constant over the steps, so the learning rate and epsilon can compensate for it.
 */
const shortfall = (beta: number): number => (1 - Math.fround(beta)) / (1 - beta);

let handles = 0;

/** One TensorFlow resource variable. */
class ResourceVariable {
  readonly handle: Tensor;
  readonly #engine: Engine;
  readonly #node: NodeBackend;
  readonly #type: OpAttribute;

  constructor(engine: Engine, node: NodeBackend, shape: readonly number[], value: Float32Array) {
    this.#engine = engine;
    this.#node = node;
    const { binding } = node;
    this.#type = { name: 'dtype', type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT };
    handles += 1; // TensorFlow treats variables of one name as one variable
    const handle = node.executeMultipleOutputs(
      'VarHandleOp',
      [
        this.#type,
        { name: 'shape', type: binding.TF_ATTR_SHAPE, value: [...shape] },
        { name: 'shared_name', type: binding.TF_ATTR_STRING, value: `understudy-${handles}` },
        { name: 'container', type: binding.TF_ATTR_STRING, value: '' },
      ],
      [],
      1,
    )[0];
    this.handle = engine.tf.keep(handle);
    engine.tf.tidy(() => {
      // tfjs-node lends the array's own memory to TensorFlow: without a copy the optimizer would write into it, and a
      // variable that lives until the process ends would release it to an engine that no longer exists
      const copy = floatOp(node, 'DeepCopy', [engine.tf.tensor(value, [...shape], 'float32')]);
      node.executeMultipleOutputs('AssignVariableOp', [this.#type], [this.handle, copy], 0);
    });
  }

  read(): Tensor {
    return this.#node.executeMultipleOutputs('ReadVariableOp', [this.#type], [this.handle], 1)[0];
  }

  values(): Float32Array {
    const tensor = this.read();
    const values = tensor.dataSync().slice() as Float32Array;
    tensor.dispose();
    return values;
  }

  dispose(): void {
    const ignore = { name: 'ignore_lookup_error', type: this.#node.binding.TF_ATTR_BOOL, value: true };
    this.#engine.tf.tidy(() => this.#node.executeMultipleOutputs('DestroyResourceOp', [ignore], [this.handle], 0));
    this.handle.dispose();
  }
}

class ResourceParameters implements Parameters {
  #step: number;
  readonly #engine: Engine;
  readonly #node: NodeBackend;
  readonly #specs: readonly WeightSpec[];
  readonly #variables: ResourceVariable[];
  readonly #first: ResourceVariable[];
  readonly #second: ResourceVariable[];

  constructor(engine: Engine, node: NodeBackend, initial: ParameterState) {
    this.#engine = engine;
    this.#node = node;
    this.#step = initial.step;
    this.#specs = initial.weights.map(({ name, shape }) => ({ name, shape }));
    const make = (values: Float32Array, index: number): ResourceVariable =>
      new ResourceVariable(engine, node, initial.weights[index].shape, values);
    this.#variables = initial.weights.map(({ values }, index) => make(values, index));
    this.#first = initial.firstMoments.map(make);
    this.#second = initial.secondMoments.map(make);
  }

  get step(): number {
    return this.#step;
  }

  withWeights<T>(use: (weights: Tensor[]) => T): T {
    const weights = this.#variables.map((variable) => variable.read());
    try {
      return use(weights);
    } finally {
      // before the update, which copies each variable that still has a reader
      for (const weight of weights) weight.dispose();
    }
  }

  applyGradients(gradients: readonly Tensor[], learningRate: number): void {
    const { tf } = this.#engine;
    const { binding } = this.#node;
    this.#step += 1;
    tf.tidy(() => {
      const root = Math.sqrt(shortfall(BETA2)); // of the second moment, by which rate and epsilon are divided
      const rate = (learningRate * root) / shortfall(BETA1);
      const powers = [power(BETA1, this.#step), power(BETA2, this.#step)];
      const scalars = [...powers, rate, BETA1, BETA2, EPSILON * root].map((value) => tf.scalar(value));
      const attributes = [
        { name: 'T', type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT },
        { name: 'use_locking', type: binding.TF_ATTR_BOOL, value: false },
        { name: 'use_nesterov', type: binding.TF_ATTR_BOOL, value: false },
      ];
      for (const [index, gradient] of gradients.entries()) {
        const state = [this.#variables[index], this.#first[index], this.#second[index]].map(({ handle }) => handle);
        this.#node.executeMultipleOutputs('ResourceApplyAdam', attributes, [...state, ...scalars, gradient], 0);
      }
    });
    for (const gradient of gradients) gradient.dispose();
  }

  state(): ParameterState {
    return {
      weights: this.#specs.map((spec, index) => ({ ...spec, values: this.#variables[index].values() })),
      firstMoments: this.#first.map((variable) => variable.values()),
      secondMoments: this.#second.map((variable) => variable.values()),
      step: this.#step,
    };
  }

  [Symbol.dispose](): void {
    for (const variable of [...this.#variables, ...this.#first, ...this.#second]) variable.dispose();
  }
}

/** The same arithmetic on plain arrays, for engines without TensorFlow's operations. */
class PlainParameters implements Parameters {
  #step: number;
  readonly #engine: Engine;
  readonly #weights: readonly NamedArray[];
  readonly #first: readonly Float32Array[];
  readonly #second: readonly Float32Array[];

  constructor(engine: Engine, initial: ParameterState) {
    this.#engine = engine;
    const { weights, firstMoments, secondMoments, step } = copyOf(initial);
    this.#weights = weights;
    this.#first = firstMoments;
    this.#second = secondMoments;
    this.#step = step;
  }

  get step(): number {
    return this.#step;
  }

  withWeights<T>(use: (weights: Tensor[]) => T): T {
    // copies: the backend may keep the array it gets, and `applyGradients` writes into ours
    const weights = this.#weights.map(({ values, shape }) => this.#engine.tf.tensor(values.slice(), [...shape]));
    try {
      return use(weights);
    } finally {
      for (const weight of weights) weight.dispose();
    }
  }

  applyGradients(gradients: readonly Tensor[], learningRate: number): void {
    this.#step += 1;
    const f32 = Math.fround; // rounds after each operation, as Keras does
    const root = f32(Math.sqrt(f32(1 - power(BETA2, this.#step))));
    const rate = f32(f32(f32(learningRate) * root) / f32(1 - power(BETA1, this.#step)));
    const [keep1, keep2, tiny] = [f32(1 - BETA1), f32(1 - BETA2), f32(EPSILON)];
    for (const [index, gradient] of gradients.entries()) {
      const slope = gradient.dataSync();
      const { values } = this.#weights[index];
      const first = this.#first[index];
      const second = this.#second[index];
      for (let i = 0; i < values.length; i += 1) {
        first[i] += f32(f32(slope[i] - first[i]) * keep1);
        second[i] += f32(f32(f32(slope[i] * slope[i]) - second[i]) * keep2);
        values[i] -= f32(f32(first[i] * rate) / f32(f32(Math.sqrt(second[i])) + tiny));
      }
      gradient.dispose();
    }
  }

  state(): ParameterState {
    return copyOf({ weights: this.#weights, firstMoments: this.#first, secondMoments: this.#second, step: this.#step });
  }

  [Symbol.dispose](): void {
    // plain arrays: nothing to release
  }
}

function copyOf({ weights, firstMoments, secondMoments, step }: ParameterState): ParameterState {
  const copy = (values: Float32Array): Float32Array => values.slice();
  return {
    weights: weights.map((entry) => ({ ...entry, values: copy(entry.values) })),
    firstMoments: firstMoments.map(copy),
    secondMoments: secondMoments.map(copy),
    step,
  };
}

/** The state before the first step. */
function startState(weights: readonly NamedArray[]): ParameterState {
  const zeros = (): Float32Array[] => weights.map(({ values }) => new Float32Array(values.length));
  return { weights, firstMoments: zeros(), secondMoments: zeros(), step: 0 };
}

/** New parameters from start weights, or from a checkpoint's state. Dispose of them: tf.tidy does not. */
export function createParameters(engine: Engine, initial: readonly NamedArray[] | ParameterState): Parameters {
  const state = 'weights' in initial ? initial : startState(initial);
  if (engine.node !== null) return new ResourceParameters(engine, engine.node, state);
  return new PlainParameters(engine, state);
}
