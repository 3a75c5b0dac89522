/**
 * Trainable weights with their Adam state. On tfjs-node they are TensorFlow's own variables and each is updated by one
 * fused operation: tfjs' Adam makes 14 passes over 19 million weights where this makes one. Does not depend on layers.
 */
import type { Engine, NodeBackend, OpAttribute, Tensor } from './engine.js';
import { floatOp } from './native-op.js';
import type { NamedArray } from './network.js';

/** Keras' Adam (its defaults; Kingma and Ba, 2015, with epsilon outside the bias correction). */
export interface AdamOptions {
  readonly learningRate: number;
  /** Default 0.9. */
  readonly beta1?: number;
  /** Default 0.999. */
  readonly beta2?: number;
  /** Default 1e-7, as in Keras; TensorFlow.js has 1e-8. */
  readonly epsilon?: number;
}

/** Everything that a checkpoint needs to continue as if the run had not been stopped. */
export interface ParameterState {
  readonly weights: readonly NamedArray[];
  readonly firstMoments: readonly Float32Array[];
  readonly secondMoments: readonly Float32Array[];
  /** Adam steps made. */
  readonly step: number;
}

export interface Parameters extends Disposable {
  readonly step: number;
  /** Calls `use` with the current weights, in their order; they are valid during the call only. */
  withWeights<T>(use: (weights: Tensor[]) => T): T;
  /** One Adam step. `gradients` has one for each weight, of its shape; they are disposed here. */
  applyGradients(gradients: readonly Tensor[]): void;
  /** The weights, copied out. */
  values(): NamedArray[];
  state(): ParameterState;
}

interface Moments {
  readonly firstMoments: readonly Float32Array[];
  readonly secondMoments: readonly Float32Array[];
  readonly step: number;
}

type Settings = Required<AdamOptions>;

const settingsOf = (options: AdamOptions): Settings => ({ beta1: 0.9, beta2: 0.999, epsilon: 1e-7, ...options });

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
  readonly #settings: Settings;
  readonly #initial: readonly NamedArray[];
  readonly #variables: ResourceVariable[];
  readonly #first: ResourceVariable[];
  readonly #second: ResourceVariable[];

  constructor(engine: Engine, node: NodeBackend, initial: readonly NamedArray[], moments: Moments, settings: Settings) {
    this.#engine = engine;
    this.#node = node;
    this.#settings = settings;
    this.#step = moments.step;
    this.#initial = initial.map(({ name, shape }) => ({ name, shape, values: new Float32Array() }));
    const make = (values: Float32Array, index: number): ResourceVariable =>
      new ResourceVariable(engine, node, initial[index].shape, values);
    this.#variables = initial.map((entry, index) => make(entry.values, index));
    this.#first = moments.firstMoments.map(make);
    this.#second = moments.secondMoments.map(make);
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

  applyGradients(gradients: readonly Tensor[]): void {
    const { tf } = this.#engine;
    const { binding } = this.#node;
    const { learningRate, beta1, beta2, epsilon } = this.#settings;
    this.#step += 1;
    tf.tidy(() => {
      const root = Math.sqrt(shortfall(beta2)); // of the second moment, by which rate and epsilon are divided
      const rate = (learningRate * root) / shortfall(beta1);
      const powers = [power(beta1, this.#step), power(beta2, this.#step)];
      const scalars = [...powers, rate, beta1, beta2, epsilon * root].map((value) => tf.scalar(value));
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

  values(): NamedArray[] {
    return this.#initial.map((entry, index) => ({ ...entry, values: this.#variables[index].values() }));
  }

  state(): ParameterState {
    return {
      weights: this.values(),
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
  readonly #settings: Settings;
  readonly #weights: readonly NamedArray[];
  readonly #first: readonly Float32Array[];
  readonly #second: readonly Float32Array[];

  constructor(engine: Engine, initial: readonly NamedArray[], moments: Moments, settings: Settings) {
    this.#engine = engine;
    this.#settings = settings;
    this.#step = moments.step;
    this.#weights = initial.map((entry) => ({ ...entry, values: entry.values.slice() }));
    this.#first = moments.firstMoments.map((values) => values.slice());
    this.#second = moments.secondMoments.map((values) => values.slice());
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

  applyGradients(gradients: readonly Tensor[]): void {
    const { learningRate, beta1, beta2, epsilon } = this.#settings;
    this.#step += 1;
    const f32 = Math.fround; // rounds after each operation, as Keras does
    const root = f32(Math.sqrt(f32(1 - power(beta2, this.#step))));
    const rate = f32(f32(f32(learningRate) * root) / f32(1 - power(beta1, this.#step)));
    const [keep1, keep2, tiny] = [f32(1 - beta1), f32(1 - beta2), f32(epsilon)];
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

  values(): NamedArray[] {
    return this.#weights.map((entry) => ({ ...entry, values: entry.values.slice() }));
  }

  state(): ParameterState {
    return {
      weights: this.values(),
      firstMoments: this.#first.map((values) => values.slice()),
      secondMoments: this.#second.map((values) => values.slice()),
      step: this.#step,
    };
  }

  [Symbol.dispose](): void {
    // plain arrays: nothing to release
  }
}

const zeroMoments = (weights: readonly NamedArray[]): Moments => ({
  firstMoments: weights.map(({ values }) => new Float32Array(values.length)),
  secondMoments: weights.map(({ values }) => new Float32Array(values.length)),
  step: 0,
});

/** New parameters from start weights, or from a checkpoint's state. Dispose of them: tf.tidy does not. */
export function createParameters(
  engine: Engine,
  initial: readonly NamedArray[] | ParameterState,
  adam: AdamOptions,
): Parameters {
  const isState = !Array.isArray(initial);
  const weights = isState ? (initial as ParameterState).weights : (initial as readonly NamedArray[]);
  const moments = isState ? (initial as ParameterState) : zeroMoments(weights);
  const settings = settingsOf(adam);
  if (engine.node !== null) return new ResourceParameters(engine, engine.node, weights, moments, settings);
  return new PlainParameters(engine, weights, moments, settings);
}
