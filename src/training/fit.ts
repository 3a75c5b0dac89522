/**
 * The training loop: epochs of shuffled batches, validation, early stopping, a checkpoint after each epoch. Knows
 * neither pictures nor actions; the caller makes the batches and defines their loss.
 */
import { messageOf, UnderstudyError } from '../core/errors.js';
import { Random } from '../core/random.js';
import { readCheckpoint, writeCheckpoint, type Checkpoint, type EpochRecord } from './checkpoint.js';
import type { Engine, Scalar, Tensor } from './engine.js';
import { gradientStep } from './gradient-step.js';
import type { NamedArray } from './network.js';
import { createParameters, type Parameters } from './parameters.js';

/** Samples to learn from or to validate on. */
export interface Samples {
  readonly count: number;
  /**
   * Makes the tensors of one batch and returns its loss as a function of the weights. Called inside tf.tidy.
   *
   * @param indices positions of the samples, each below `count`
   */
  batch(indices: Int32Array): (weights: readonly Tensor[], dropout?: Random) => Scalar;
}

/** The samples that are trained on and, where there are any, those that validate. */
interface FitSamples {
  readonly train: Samples;
  readonly validation: Samples | null;
}

export type Schedule = 'constant' | 'cosine';

export interface FitOptions {
  readonly epochs: number;
  readonly batchSize: number;
  readonly learningRate: number;
  /** The learning rate over the epochs: constant (default), or falling to 0 along half a cosine over all epochs. */
  readonly schedule?: Schedule;
  /** As of a step's size. Default null. */
  readonly clipNorm?: number | null;
  /** Training ends after this many epochs without a better validation loss; null runs all epochs. */
  readonly patience: number | null;
  readonly seed: number;
  /** Hash of data, network and options: a checkpoint with another fingerprint is refused. */
  readonly fingerprint: string;
  /** Where the checkpoint is kept; null keeps none. */
  readonly checkpoint: string | null;
  /** Continue from the checkpoint where there is one. */
  readonly resume: boolean;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: FitProgress) => void;
  /** Called with the weights after each epoch; a returned reason ends training and becomes `abandoned`. */
  readonly inspect?: (epoch: EpochRecord, weights: readonly NamedArray[]) => string | null;
  /** Gets all epochs so far: at the start those of the checkpoint, then again after each epoch's checkpoint. */
  readonly onHistory?: (history: readonly EpochRecord[]) => void;
}

export interface FitProgress {
  /** 1-based */
  readonly epoch: number;
  readonly epochs: number;
  /** Batches of this epoch that are done. */
  readonly step: number;
  readonly steps: number;
  /** Mean loss of this epoch so far. */
  readonly loss: number;
  readonly samplesPerSecond: number;
  /** Estimate, s; assumes that all epochs are run. */
  readonly secondsLeft: number;
}

export interface FitResult {
  /** Of the best epoch, even where a later one was trained. */
  readonly weights: readonly NamedArray[];
  readonly history: readonly EpochRecord[];
  readonly bestEpoch: number;
  readonly bestLoss: number;
  /** Why `inspect` ended the training, or null. */
  readonly abandoned: string | null;
}

function diverged(epoch: number, step: number, loss: number): UnderstudyError {
  return new UnderstudyError({
    kind: 'input',
    code: 'training-diverged',
    message: `The loss became ${loss} in epoch ${epoch}, batch ${step}: the weights have diverged and would learn nothing more.`,
    next: 'Train with a smaller --learning-rate (a third of it), and look at the sessions with `understudy session check`.',
  });
}

/** Mean loss over all samples, batch by batch, without dropout. NaN without samples. */
export function meanLoss(engine: Engine, parameters: Parameters, samples: Samples, batchSize: number): number {
  let sum = 0;
  for (let first = 0; first < samples.count; first += batchSize) {
    const size = Math.min(batchSize, samples.count - first);
    const indices = Int32Array.from({ length: size }, (_, i) => first + i);
    const loss = parameters.withWeights((weights) =>
      engine.tf.tidy(() => samples.batch(indices)(weights).dataSync()[0]),
    );
    sum += loss * size;
  }
  return sum / samples.count;
}

/** Fisher and Yates; always from the natural order, so that an epoch's order depends on the generator alone. */
export function shuffled(count: number, random: Random): Int32Array {
  const order = Int32Array.from({ length: count }, (_, index) => index);
  for (let i = count - 1; i > 0; i -= 1) {
    const j = random.integer(0, i);
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}

interface Run {
  readonly engine: Engine;
  readonly parameters: Parameters;
  readonly train: Samples;
  readonly options: FitOptions;
  readonly order: Random;
  readonly dropout: Random;
}

/** @param part of all steps that is done, 0..1 */
function rateAt({ learningRate, schedule = 'constant' }: FitOptions, part: number): number {
  return schedule === 'constant' ? learningRate : (learningRate * (1 + Math.cos(Math.PI * part))) / 2;
}

async function trainEpoch(run: Run, epoch: number): Promise<number> {
  const { engine, parameters, train, options, dropout } = run;
  const order = shuffled(train.count, run.order);
  const steps = Math.ceil(train.count / options.batchSize);
  const startedAtMs = performance.now();
  let sum = 0;
  for (let step = 0; step < steps; step += 1) {
    const indices = order.subarray(step * options.batchSize, (step + 1) * options.batchSize);
    const learningRate = rateAt(options, parameters.step / (options.epochs * steps));
    const { clipNorm = null } = options;
    const loss = gradientStep(engine, parameters, (weights) => train.batch(indices)(weights, dropout), {
      learningRate,
      clipNorm,
    });
    if (!Number.isFinite(loss)) throw diverged(epoch, step + 1, loss);
    sum += loss * indices.length;
    const samples = Math.min((step + 1) * options.batchSize, train.count);
    const samplesPerSecond = (samples * 1000) / (performance.now() - startedAtMs);
    const left = train.count - samples + (options.epochs - epoch) * train.count;
    options.onProgress?.({
      epoch,
      epochs: options.epochs,
      step: step + 1,
      steps,
      loss: sum / samples,
      samplesPerSecond,
      secondsLeft: left / samplesPerSecond,
    });
    // lets Ctrl-C and the progress display run between two batches
    await new Promise((resolve) => setImmediate(resolve));
    options.signal?.throwIfAborted();
  }
  return sum / train.count;
}

/** How TensorFlow and V8 report a refused allocation: neither has a code for it. */
const REFUSED = /\bOOM\b|RESOURCE_?EXHAUSTED|bad_alloc|Array buffer allocation failed/i;

/** `error` itself, or an UnderstudyError `out-of-memory` for a refused allocation. */
function orOutOfMemory(error: unknown): unknown {
  const message = messageOf(error);
  if (error instanceof UnderstudyError || !REFUSED.test(message)) return error;
  const line = message.split('\n').find((text) => REFUSED.test(text));
  return new UnderstudyError({
    kind: 'environment',
    code: 'out-of-memory',
    message: `There is not enough memory for this training: ${line?.trim()}.`,
    next: 'Run the same command with a smaller --batch, or train a smaller model (--latent, --channels).',
    cause: error,
  });
}

/**
 * Trains from `start`. Returns the weights of the best epoch; without validation samples those of the last epoch.
 *
 * @throws UnderstudyError `training-diverged`, `checkpoint-mismatch`, `write-failed`, `out-of-memory`;
 *   the signal's reason when aborted (at most the running epoch is lost)
 */
export async function fit(
  engine: Engine,
  start: readonly NamedArray[],
  samples: FitSamples,
  options: FitOptions,
): Promise<FitResult> {
  try {
    return await fitEpochs(engine, start, samples, options);
  } catch (error) {
    throw orOutOfMemory(error);
  }
}

async function fitEpochs(
  engine: Engine,
  start: readonly NamedArray[],
  samples: FitSamples,
  options: FitOptions,
): Promise<FitResult> {
  const stored =
    options.resume && options.checkpoint !== null ? readCheckpoint(options.checkpoint, options.fingerprint) : null;
  using parameters = createParameters(engine, stored?.state ?? start);
  const order = stored === null ? new Random(options.seed) : Random.restore(stored.generators.order);
  const dropout = stored === null ? new Random(options.seed + 1) : Random.restore(stored.generators.dropout);
  const run: Run = { engine, parameters, train: samples.train, options, order, dropout };
  const history: EpochRecord[] = [...(stored?.history ?? [])];
  let best: Checkpoint['best'] = stored?.best ?? { epoch: 0, loss: Number.POSITIVE_INFINITY, weights: start };
  let waited = stored?.waited ?? 0;
  let abandoned: string | null = null;
  options.onHistory?.(history);
  const isOver = (): boolean => options.patience !== null && waited >= options.patience;
  while (history.length < options.epochs && abandoned === null && !isOver()) {
    const epoch = history.length + 1;
    const startedAtMs = performance.now();
    const loss = await trainEpoch(run, epoch);
    const validation = samples.validation;
    const validationLoss = validation === null ? null : meanLoss(engine, parameters, validation, options.batchSize);
    const record = { epoch, loss, validationLoss, seconds: (performance.now() - startedAtMs) / 1000 };
    history.push(record);
    const state = parameters.state();
    const isBetter = validationLoss === null || validationLoss < best.loss;
    if (isBetter) best = { epoch, loss: validationLoss ?? loss, weights: state.weights };
    waited = isBetter ? 0 : waited + 1;
    abandoned = options.inspect?.(record, state.weights) ?? null;
    if (options.checkpoint !== null && abandoned === null) {
      const generators = { order: order.state(), dropout: dropout.state() };
      const { fingerprint } = options;
      writeCheckpoint(options.checkpoint, { fingerprint, state, generators, history, best, waited });
    }
    options.onHistory?.(history);
  }
  return { weights: best.weights, history, bestEpoch: best.epoch, bestLoss: best.loss, abandoned };
}
