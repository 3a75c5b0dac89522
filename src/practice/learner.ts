/**
 * Proximal policy optimisation (J. Schulman et al., 2017) of a bundle's head, with a penalty for leaving the head that it began
 * as, and a critic of its own that looks at the same windows. Knows neither games nor fights: it is given decisions.
 */
import type { Random } from '../core/random.js';
import type { Engine, Scalar, Tensor, Tensor1D, Tensor2D } from '../training/engine.js';
import { shuffled } from '../training/fit.js';
import { forward } from '../training/forward.js';
import { gradientStep } from '../training/gradient-step.js';
import { initialWeights } from '../training/initial-weights.js';
import type { KerasModel } from '../training/keras/read.js';
import type { LayerSpec, NamedArray, Network } from '../training/network.js';
import { createParameters, type Parameters, type ParameterState } from '../training/parameters.js';
import type { Discounts } from './advantages.js';
import type { Behaviour } from '../stepped/behaviour.js';
import { estimateAll, explainedBy, joinArrays, joinFights, normalised, pick, pickRows } from './decisions.js';
import type { FightSteps } from '../stepped/play-fights.js';

export interface LearnerSettings extends Discounts {
  /** Of Adam, of the head. */
  readonly learningRate: number;
  readonly criticLearningRate: number;
  /** A decision's probability counts as changed at most by this share, up or down. */
  readonly clip: number;
  /** Weight of the divergence from the first head, nats a decision. */
  readonly klWeight: number;
  /** Weight of the entropy, nats a decision. */
  readonly entropyWeight: number;
  /** Passes over the decisions of an update. */
  readonly epochs: number;
  /** Decisions of a gradient step. */
  readonly batchSize: number;
  /** The passes of an update end early where the head has moved by this much since its fights, nats a decision. */
  readonly mostMove: number;
}

/** Unit of the critic's recurrent layer: half of the study's first one. */
const CRITIC_UNITS = 64;
/** Decisions that are computed at once where nothing is learned. */
const ROWS = 2048;
const CLIP_NORM = 0.5;

/** Means over the decisions of an update. */
export interface UpdateFigures {
  /** Nats a decision, after the update: from the head that played, and from the first one. */
  readonly moved: number;
  readonly klToFirst: number;
  readonly entropy: number;
  /** Share of decisions whose probability has changed by more than the clip, after the update. */
  readonly clipped: number;
  /** Share of the returns' variance that the critic explained before it learned from them, at most 1. */
  readonly explained: number;
  /** Passes that were made; 0 where only the critic learned. */
  readonly passes: number;
}

/** Everything that a checkpoint needs to continue. */
export interface LearnerState {
  readonly head: ParameterState;
  readonly critic: ParameterState;
}

/** The decisions of an update, on the engine. */
interface Batch {
  /** [N, D] */
  readonly latents: Tensor2D;
  /** [M] row of each decision's oldest latent. */
  readonly first: Int32Array;
  /** [M, K] 0 or 1 */
  readonly drawn: Float32Array;
  readonly returns: Float32Array;
  readonly advantages: Float32Array;
  /** [M] log probability of what was drawn, as it was drawn. */
  readonly before: Float32Array;
  /** [M, K] logits of the first head. */
  readonly firstLogits: Float32Array;
  /** [M, K] logits of the head that played. */
  readonly playedLogits: Float32Array;
}

export class Learner implements Disposable {
  readonly #engine: Engine;
  readonly #settings: LearnerSettings;
  readonly #behaviour: Behaviour;
  /** Ends with logits. */
  readonly #network: Network;
  readonly #criticNetwork: Network;
  readonly #first: Tensor[];
  readonly #head: Parameters;
  readonly #critic: Parameters;

  /**
   * @param first the head that practice begins with
   * @param start a checkpoint's state; or the seed of a new critic, for the first head
   */
  constructor(
    engine: Engine,
    first: KerasModel,
    behaviour: Behaviour,
    settings: LearnerSettings,
    start: LearnerState | { readonly criticSeed: number },
  ) {
    this.#engine = engine;
    this.#settings = settings;
    this.#behaviour = behaviour;
    this.#network = toLogits(first.network);
    this.#criticNetwork = criticNetwork(first.network);
    this.#first = first.weights.map(({ values, shape }) => engine.tf.keep(engine.tf.tensor(values, [...shape])));
    const isBegun = 'head' in start;
    this.#head = createParameters(engine, isBegun ? start.head : first.weights);
    const critic = isBegun ? start.critic : initialWeights(this.#criticNetwork, start.criticSeed);
    this.#critic = createParameters(engine, critic);
  }

  /** The head's weights, in the order of the first one's. */
  weights(): readonly NamedArray[] {
    return this.#head.state().weights;
  }

  state(): LearnerState {
    return { head: this.#head.state(), critic: this.#critic.state() };
  }

  /**
   * One update from whole fights. Lets the event loop run between two gradient steps.
   *
   * @param onlyCritic the head stays as it is
   * @returns null where a loss is not finite: nothing is to be kept of this learner
   * @throws the signal's reason
   */
  async update(
    fights: readonly FightSteps[],
    {
      onlyCritic,
      random,
      signal,
    }: { readonly onlyCritic: boolean; readonly random: Random; readonly signal: AbortSignal },
  ): Promise<UpdateFigures | null> {
    const { epochs, batchSize, mostMove } = this.#settings;
    const { batch, explained } = this.#batchOf(fights);
    try {
      let passes = 0;
      let figures = this.#compare(batch, batch.playedLogits);
      let isHeadDone = onlyCritic;
      for (let pass = 0; pass < epochs; pass += 1) {
        const order = shuffled(batch.first.length, random);
        for (let at = 0; at < order.length; at += batchSize) {
          const rows = order.subarray(at, at + batchSize);
          const losses = [this.#learnValues(batch, rows), isHeadDone ? 0 : this.#learnActs(batch, rows)];
          if (!losses.every(Number.isFinite)) return null;
          await new Promise((resolve) => setImmediate(resolve));
          signal.throwIfAborted();
        }
        if (isHeadDone) continue;
        passes += 1;
        figures = this.#compare(batch, this.#outputs(batch.latents, batch.first, this.#network, this.#head));
        isHeadDone = figures.moved > mostMove;
      }
      if (!Object.values(figures).every(Number.isFinite)) return null;
      return { ...figures, explained, passes };
    } finally {
      batch.latents.dispose();
    }
  }

  #batchOf(fights: readonly FightSteps[]): { readonly batch: Batch; readonly explained: number } {
    const { tf } = this.#engine;
    const [length, latentSize] = this.#network.inputShape;
    const actions = this.#behaviour.shift.length;
    const joined = joinFights(fights, { length, latentSize, actions });
    const latents = tf.tensor2d(joined.latents, [joined.latents.length / latentSize, latentSize]);
    const { first } = joined;
    const values = this.#outputs(latents, first, this.#criticNetwork, this.#critic);
    const { advantages, returns } = estimateAll(fights, values, this.#settings);
    const playedLogits = this.#outputs(latents, first, this.#network, this.#head);
    const firstLogits = this.#outputs(latents, first, this.#network, this.#first);
    const drawn = joined.drawn;
    const before = this.#logProbabilities(playedLogits, drawn);
    const batch = {
      ...{ latents, first, drawn, returns, before, firstLogits, playedLogits },
      advantages: normalised(advantages),
    };
    return { batch, explained: explainedBy(values, returns) };
  }

  /** A network's outputs for all windows, row by row. */
  #outputs(latents: Tensor2D, first: Int32Array, network: Network, weights: Parameters | Tensor[]): Float32Array {
    const { tf } = this.#engine;
    const parts: Float32Array[] = [];
    for (let at = 0; at < first.length; at += ROWS) {
      const rows = first.subarray(at, at + ROWS);
      const run = (tensors: Tensor[]): Float32Array =>
        tf.tidy(() => forward(this.#engine, network, tensors, this.#windows(latents, rows)).dataSync() as Float32Array);
      parts.push(Array.isArray(weights) ? run(weights) : weights.withWeights(run));
    }
    return joinArrays(parts);
  }

  /** [B, T, D] */
  #windows(latents: Tensor2D, first: Int32Array): Tensor {
    const { tf } = this.#engine;
    const [length, latentSize] = this.#network.inputShape;
    const rows = new Int32Array(first.length * length);
    for (const [window, row] of first.entries()) {
      for (let step = 0; step < length; step += 1) rows[window * length + step] = row + step;
    }
    return tf.reshape(tf.gather(latents, tf.tensor1d(rows, 'int32')), [first.length, length, latentSize]);
  }

  #learnValues({ latents, first, returns }: Batch, rows: Int32Array): number {
    const { tf } = this.#engine;
    const lossOf = (weights: readonly Tensor[]): Scalar => {
      const x = this.#windows(latents, pick(first, rows));
      const values = tf.reshape(forward(this.#engine, this.#criticNetwork, weights, x), [rows.length]);
      return tf.mean(tf.squaredDifference(values, tf.tensor1d(pick(returns, rows))));
    };
    const step = { learningRate: this.#settings.criticLearningRate, clipNorm: CLIP_NORM };
    return gradientStep(this.#engine, this.#critic, lossOf, step);
  }

  #learnActs(batch: Batch, rows: Int32Array): number {
    const { tf } = this.#engine;
    const { clip, klWeight, entropyWeight, learningRate } = this.#settings;
    const actions = this.#behaviour.shift.length;
    const shape: [number, number] = [rows.length, actions];
    const lossOf = (weights: readonly Tensor[]): Scalar => {
      const x = this.#windows(batch.latents, pick(batch.first, rows));
      const logits = forward(this.#engine, this.#network, weights, x) as Tensor2D;
      const { yes, no, held } = this.#acts(logits);
      const drawn = tf.tensor2d(pickRows(batch.drawn, rows, actions), shape);
      const now = tf.sum(tf.add(tf.mul(drawn, yes), tf.mul(tf.sub(1, drawn), no)), 1);
      const ratio = tf.exp<Tensor1D>(tf.sub(now, tf.tensor1d(pick(batch.before, rows))));
      const advantages = tf.tensor1d(pick(batch.advantages, rows));
      const kept = tf.minimum(tf.mul(ratio, advantages), tf.mul(tf.clipByValue(ratio, 1 - clip, 1 + clip), advantages));
      const first = this.#acts(tf.tensor2d(pickRows(batch.firstLogits, rows, actions), shape));
      const kl = tf.mean(tf.sum(divergence(this.#engine, { yes, no, held }, first), 1));
      const entropy = tf.mean(tf.sum(tf.neg(tf.add(tf.mul(held, yes), tf.mul(tf.sub(1, held), no))), 1));
      const loss = tf.add(tf.neg(tf.mean(kept)), tf.mul(kl, klWeight));
      return tf.sub(loss, tf.mul(entropy, entropyWeight));
    };
    return gradientStep(this.#engine, this.#head, lossOf, { learningRate, clipNorm: CLIP_NORM });
  }

  /** Of the head's logits, [B, K]: log probability of holding each action and of not holding it, and the probability. */
  #acts(logits: Tensor2D): Acts {
    const { tf } = this.#engine;
    const { shift, temperature } = this.#behaviour;
    const moved = tf.div(tf.add(logits, tf.tensor1d([...shift])), temperature);
    // not tf.logSigmoid: its gradient reads a tensor that is disposed of by then
    return { yes: tf.neg(tf.softplus(tf.neg(moved))), no: tf.neg(tf.softplus(moved)), held: tf.sigmoid(moved) };
  }

  #logProbabilities(logits: Float32Array, drawn: Float32Array): Float32Array {
    const { tf } = this.#engine;
    const actions = this.#behaviour.shift.length;
    const shape: [number, number] = [logits.length / actions, actions];
    return tf.tidy(() => {
      const { yes, no } = this.#acts(tf.tensor2d(logits, shape));
      const d = tf.tensor2d(drawn, shape);
      return tf.sum(tf.add(tf.mul(d, yes), tf.mul(tf.sub(1, d), no)), 1).dataSync() as Float32Array;
    });
  }

  /** Where a head is, over all decisions of the update. @param logits [M, K] of that head */
  #compare(batch: Batch, logits: Float32Array): Omit<UpdateFigures, 'explained' | 'passes'> {
    const { tf } = this.#engine;
    const { clip } = this.#settings;
    const actions = this.#behaviour.shift.length;
    const shape: [number, number] = [logits.length / actions, actions];
    const after = this.#logProbabilities(logits, batch.drawn);
    const isClipped = (value: number, row: number): boolean => Math.abs(Math.exp(value - batch.before[row]) - 1) > clip;
    return tf.tidy(() => {
      const now = this.#acts(tf.tensor2d(logits, shape));
      const mean = (x: Tensor): number => tf.sum(x).dataSync()[0] / shape[0];
      const to = (other: Float32Array): number =>
        mean(divergence(this.#engine, now, this.#acts(tf.tensor2d(other, shape))));
      return {
        moved: to(batch.playedLogits),
        klToFirst: to(batch.firstLogits),
        entropy: -mean(tf.add(tf.mul(now.held, now.yes), tf.mul(tf.sub(1, now.held), now.no))),
        clipped: after.filter(isClipped).length / shape[0],
      };
    });
  }

  [Symbol.dispose](): void {
    this.#head[Symbol.dispose]();
    this.#critic[Symbol.dispose]();
    for (const tensor of this.#first) tensor.dispose();
  }
}

interface Acts {
  readonly yes: Tensor;
  readonly no: Tensor;
  readonly held: Tensor;
}

/** Kullback and Leibler's divergence of two Bernoulli distributions, element by element, nats. */
function divergence({ tf }: Engine, from: Acts, to: Acts): Tensor {
  const yes = tf.mul(from.held, tf.sub(from.yes, to.yes));
  return tf.add(yes, tf.mul(tf.sub(1, from.held), tf.sub(from.no, to.no)));
}

/** The same network with logits instead of probabilities at its end. */
function toLogits(network: Network): Network {
  const last = network.layers.at(-1)!;
  if (last.kind !== 'dense') throw new Error(`a head ends with a dense layer, not with '${last.name}'`);
  const output: LayerSpec = { ...last, activation: 'linear' };
  return { ...network, layers: [...network.layers.slice(0, -1), output] };
}

/** One GRU and a dense layer: a window [T, D] -> its value [1]. */
function criticNetwork({ inputShape }: Network): Network {
  return {
    inputShape,
    layers: [
      {
        kind: 'gru',
        name: 'critic',
        units: CRITIC_UNITS,
        returnSequences: false,
        activation: 'tanh',
        recurrentActivation: 'sigmoid',
        useBias: true,
        resetAfter: true,
      },
      { kind: 'dense', name: 'value', units: 1, activation: 'linear', useBias: true },
    ],
  };
}
