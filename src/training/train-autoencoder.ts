/**
 * Trains an autoencoder on gray frames and turns frames into latents with its encoder. An autoencoder that has
 * collapsed is detected after its first epoch (or 200 steps) and started again: it would always answer black.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { UnderstudyError } from '../core/errors.js';
import { autoencoderNetwork, LATENT_LAYER, latentSizeOf, type AutoencoderKind } from './architectures.js';
import type { EpochRecord } from './checkpoint.js';
import { framesOf, meanFrame, TRAIN, VALIDATION, type MeanFrame, type TrainingData } from './dataset.js';
import type { Engine } from './engine.js';
import { fit, type FitProgress, type Samples } from './fit.js';
import { forward, LoadedModel } from './forward.js';
import { initialWeights, startAtMeanPixel } from './initial-weights.js';
import type { KerasModel } from './keras/read.js';
import { meanSquaredError } from './losses.js';
import { upTo, type NamedArray, type Network } from './network.js';
import { FileRows, writeRows, type Rows } from './rows.js';
import { followHistory } from './tensorboard/event-log.js';

export interface AutoencoderTraining {
  readonly kind: AutoencoderKind;
  /** D; `baseline`'s follows from the image. */
  readonly latentSize: number;
  /** Filters of the convolutions. Default the study's. */
  readonly channels?: readonly number[];
  readonly epochs: number;
  readonly batchSize: number;
  readonly learningRate: number;
  readonly patience: number | null;
  readonly seed: number;
  /** Start the output at the mean pixel (default of this program) or at gray 0.5 (the study, Keras). */
  readonly outputBias: 'mean-pixel' | 'zero';
}

/** Where a training keeps what it can be resumed from, and who is notified of its progress. */
export interface TrainingContext {
  /** Folder of checkpoints and latents; null keeps nothing. */
  readonly workFolder: string | null;
  readonly resume: boolean;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: FitProgress) => void;
  /** Gets each message for the user, one line each. */
  readonly say?: (message: string) => void;
}

/** Keeps TensorBoard's event file of one model beside its checkpoint; does nothing without a work folder. */
export function eventsIn({ workFolder }: TrainingContext, model: string): (history: readonly EpochRecord[]) => void {
  if (workFolder === null) return () => undefined;
  return (history) => followHistory(join(workFolder, 'tensorboard', model), history);
}

/** The result of training an autoencoder. */
export interface AutoencoderResult {
  /** The whole autoencoder. */
  readonly model: KerasModel;
  /** The layers up to and including the latent. */
  readonly encoder: KerasModel;
  readonly latentSize: number;
  readonly history: readonly EpochRecord[];
  readonly bestEpoch: number;
  /** Of the best epoch, on validation frames where there are any. */
  readonly loss: number;
  readonly meanFrame: MeanFrame;
  /** How many of the D latents differ between frames. */
  readonly liveLatents: number;
  /** Why each earlier attempt was abandoned, oldest first. */
  readonly restarts: readonly string[];
}

/** Share of the mean frame's loss. An autoencoder that learns is below 0.5 after one epoch; one at 0.9 is stuck. */
const COLLAPSED_ABOVE = 0.9;
/** Share of latents that must differ between frames. ReLU latents of a trained encoder: about half and more do. */
const LIVE_SHARE = 0.02;
const MAX_ATTEMPTS = 3;
/** Adam steps before an autoencoder is judged: one that learns had a quarter of the mean frame's loss after 200. */
const JUDGED_AFTER_STEPS = 200;
const LATENT_BATCH = 64;

/** The frames at `positions`, [B, H, W, 1] in 0..1. */
function imagesAt(frames: Rows, positions: ArrayLike<number>): Float32Array {
  const { rowBytes } = frames;
  const bytes = new Uint8Array(positions.length * rowBytes);
  for (let row = 0; row < positions.length; row += 1) frames.read(positions[row], 1, bytes, row * rowBytes);
  const pixels = new Float32Array(bytes.length);
  for (let i = 0; i < pixels.length; i += 1) pixels[i] = bytes[i] / 255;
  return pixels;
}

function samplesOf(engine: Engine, network: Network, frames: Rows, positions: Int32Array): Samples {
  return {
    count: positions.length,
    batch: (indices) => {
      const images = imagesAt(
        frames,
        indices.map((index) => positions[index]),
      );
      const x = engine.tf.tensor(images, [indices.length, ...network.inputShape]);
      return (weights) => meanSquaredError(engine, x, forward(engine, network, weights, x));
    },
  };
}

const hashOf = (value: unknown): string => createHash('sha256').update(JSON.stringify(value)).digest('hex');

/** How many latents differ between frames that are spread over the positions. */
function countLiveLatents(engine: Engine, encoder: KerasModel, frames: Rows, positions: Int32Array): number {
  const some = Math.min(LATENT_BATCH, positions.length);
  const chosen = Int32Array.from({ length: some }, (_, i) => positions[Math.floor((i * positions.length) / some)]);
  using model = new LoadedModel(engine, encoder);
  const values = model.run(imagesAt(frames, chosen));
  const { tf } = engine;
  return tf.tidy(() => {
    const latents = tf.tensor(values, [some, values.length / some]);
    const spread = tf.sub(tf.max(latents, 0), tf.min(latents, 0));
    return tf.sum(tf.cast(tf.greater(spread, 1e-6), 'int32')).dataSync()[0];
  });
}

/**
 * Trains an autoencoder on the training frames, watched on the validation frames.
 *
 * @param dataSha256 names the frames (`rowsSha256`), for checkpoints
 * @throws UnderstudyError `training-diverged` where it collapses three times in a row; as {@link fit}
 */
export async function trainAutoencoder(
  engine: Engine,
  data: TrainingData,
  dataSha256: string,
  training: AutoencoderTraining,
  context: TrainingContext,
): Promise<AutoencoderResult> {
  const network = autoencoderNetwork({ ...training, image: data.image });
  const positions = framesOf(data, TRAIN);
  const validation = framesOf(data, VALIDATION);
  const mean = meanFrame(data.frames, positions);
  const samples = {
    train: samplesOf(engine, network, data.frames, positions),
    validation: validation.length === 0 ? null : samplesOf(engine, network, data.frames, validation),
  };
  // the first epoch, or as many epochs as are needed for enough steps
  const stepsPerEpoch = Math.ceil(positions.length / training.batchSize);
  const judgedAfter = Math.min(training.epochs, Math.ceil(JUDGED_AFTER_STEPS / stepsPerEpoch));
  const restarts: string[] = [];
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    const seed = training.seed + 1000 * attempt;
    const drawn = initialWeights(network, seed);
    const start = training.outputBias === 'mean-pixel' ? startAtMeanPixel(drawn, mean.meanPixel) : drawn;
    const inspect = (epoch: EpochRecord, weights: readonly NamedArray[]): string | null => {
      if (epoch.epoch !== judgedAfter) return null;
      const encoder = upTo(network, weights, LATENT_LAYER);
      const live = countLiveLatents(engine, encoder, data.frames, positions);
      return collapseOf(epoch, mean, live, latentSizeOf(network));
    };
    const { weights, abandoned, history, bestEpoch, bestLoss } = await fit(engine, start, samples, {
      ...training,
      ...context,
      seed,
      checkpoint: context.workFolder === null ? null : join(context.workFolder, `autoencoder-${attempt}.checkpoint`),
      fingerprint: hashOf({ dataSha256, training, attempt, part: hashOf(Array.from(data.partOf)) }),
      inspect,
      onHistory: eventsIn(context, 'autoencoder'),
    });
    if (abandoned === null) {
      const encoder = upTo(network, weights, LATENT_LAYER);
      return {
        model: { network, weights },
        encoder,
        latentSize: latentSizeOf(network),
        history,
        bestEpoch,
        loss: bestLoss,
        meanFrame: mean,
        liveLatents: countLiveLatents(engine, encoder, data.frames, positions),
        restarts,
      };
    }
    restarts.push(abandoned);
    context.say?.(`The autoencoder is started again with another seed: ${abandoned}`);
  }
  throw new UnderstudyError({
    kind: 'input',
    code: 'training-diverged',
    message: `The autoencoder collapsed ${MAX_ATTEMPTS} times: ${restarts.at(-1) ?? ''}`,
    next: 'Look at the pictures (`understudy session check`), keep the output bias at the mean pixel, or lower --learning-rate.',
  });
}

/** Why an autoencoder is abandoned after its first epoch, or null. */
export function collapseOf(epoch: EpochRecord, mean: MeanFrame, live: number, latentSize: number): string | null {
  const loss = epoch.validationLoss ?? epoch.loss;
  if (mean.loss > 0 && loss > COLLAPSED_ABOVE * mean.loss) {
    return `its loss ${loss.toPrecision(3)} is not well below that of always answering the mean frame, ${mean.loss.toPrecision(3)}.`;
  }
  if (live < LIVE_SHARE * latentSize) return `${latentSize - live} of its ${latentSize} latents never change.`;
  return null;
}

/** Settings and outcome of an autoencoder, as plain data for records. */
export interface AutoencoderRecord
  extends AutoencoderTraining, Pick<AutoencoderResult, 'loss' | 'bestEpoch' | 'liveLatents' | 'restarts' | 'history'> {
  readonly meanFrameLoss: number;
  /** 0..1 */
  readonly meanPixel: number;
}

export function autoencoderRecord(training: AutoencoderTraining, result: AutoencoderResult): AutoencoderRecord {
  const { latentSize, loss, bestEpoch, meanFrame, liveLatents, restarts, history } = result;
  const { loss: meanFrameLoss, meanPixel } = meanFrame;
  return { ...training, latentSize, loss, bestEpoch, meanFrameLoss, meanPixel, liveLatents, restarts, history };
}

/** Names a model by its weights. */
export function weightsSha256(weights: readonly NamedArray[]): string {
  const hash = createHash('sha256');
  for (const { name, values } of weights) hash.update(name).update(values);
  return hash.digest('hex');
}

/**
 * The latents of all frames, [n, D] float32, kept in a file that is named by frames and encoder: the same frames are
 * encoded by the same encoder only once.
 */
export async function encodeFrames(
  engine: Engine,
  data: TrainingData,
  dataSha256: string,
  encoder: KerasModel,
  folder: string,
  context: Pick<TrainingContext, 'signal' | 'onProgress'> = {},
): Promise<Rows> {
  const key = hashOf([dataSha256, weightsSha256(encoder.weights), encoder.network]).slice(0, 24);
  const path = join(folder, `latents-${key}.f32`);
  if (!existsSync(path)) await writeRows(path, latentRows(engine, data, encoder, context));
  return new FileRows(path, latentSizeOf(encoder.network) * 4);
}

async function* latentRows(
  engine: Engine,
  data: TrainingData,
  encoder: KerasModel,
  context: Pick<TrainingContext, 'signal' | 'onProgress'>,
): AsyncGenerator<Uint8Array, void, void> {
  using model = new LoadedModel(engine, encoder);
  const startedAtMs = performance.now();
  const { count } = data.frames;
  for (let first = 0; first < count; first += LATENT_BATCH) {
    const size = Math.min(LATENT_BATCH, count - first);
    const positions = Int32Array.from({ length: size }, (_, i) => first + i);
    const latents = model.run(imagesAt(data.frames, positions));
    yield new Uint8Array(latents.buffer, latents.byteOffset, latents.byteLength);
    context.signal?.throwIfAborted();
    const done = first + size;
    const samplesPerSecond = (done * 1000) / (performance.now() - startedAtMs);
    const secondsLeft = (count - done) / samplesPerSecond;
    context.onProgress?.({ epoch: 1, epochs: 1, step: done, steps: count, loss: 0, samplesPerSecond, secondsLeft });
    await new Promise((resolve) => setImmediate(resolve));
  }
}
