/**
 * Trains encoder and head together, on the keys alone: the encoder keeps what decides the keys, and not what fills the
 * picture. On a third party's shooter this was worth more than everything else (docs/decisions/0016).
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { ProbabilityMatrix } from '../core/probability-matrix.js';
import type { Random } from '../core/random.js';
import { headNetwork, keyEncoderNetwork } from './architectures.js';
import { TOGETHER_CHECKPOINT } from './checkpoint.js';
import { chunksOf, moved, readPictures, runsOf, type Chunk, type Variation } from './chunks.js';
import { framesOf, meanFrame, TRAIN, VALIDATION, windowsOf, type TrainingData } from './dataset.js';
import type { Engine, Tensor, Tensor2D } from './engine.js';
import { fit, type Samples, type Schedule } from './fit.js';
import { forward } from './forward.js';
import { paceText } from './habits.js';
import { initialWeights } from './initial-weights.js';
import type { KerasModel } from './keras/read.js';
import { sampleLosses } from './losses.js';
import { elementCount, weightSpecs, type NamedArray, type Network } from './network.js';
import { eventsIn, type TrainingContext } from './train-autoencoder.js';
import { windowOptions, type HeadResult, type HeadTraining } from './train-head.js';

export interface TogetherTraining {
  /** D */
  readonly latentSize: number;
  /** Filters of the encoder's convolutions. Default 32, 64, 128. */
  readonly channels?: readonly number[];
  /** Windows of a chunk: their frames are encoded once for all of them. */
  readonly chunkLength: number;
  /** Chunks in a step. */
  readonly batchSize: number;
  readonly epochs: number;
  readonly learningRate: number;
  readonly schedule: Schedule;
  readonly clipNorm: number;
  /** On the latents, against learning the fights by heart. */
  readonly inputDropout: number;
  readonly variation: Variation;
}

export interface TogetherResult {
  readonly encoder: KerasModel;
  readonly head: HeadResult;
}

/** The first weights, which training does not change: the mean picture and its scale. */
const FIXED = 2;

/** The least variance, of 1: pictures that never change are not scaled up. */
const LEAST_VARIANCE = 1e-6;

/** Sets the first layer to the mean picture of the training's frames and the one deviation of all pixels from it. */
function standardised(weights: readonly NamedArray[], data: TrainingData): NamedArray[] {
  const { picture, loss } = meanFrame(data.frames, framesOf(data, TRAIN));
  const [mean, variance, ...rest] = weights;
  const one = new Float32Array(picture.length).fill(Math.max(LEAST_VARIANCE, loss));
  return [{ ...mean, values: picture }, { ...variance, values: one }, ...rest];
}

interface Networks {
  readonly encoder: Network;
  readonly head: Network;
}

/** All windows of chunks. @param rows [chunks, chunkLength - 1 + T, D] @returns [chunks, chunkLength, T, D] */
function windowsIn({ tf }: Engine, rows: Tensor, chunkLength: number): Tensor {
  const length = rows.shape[1]! - chunkLength + 1;
  const steps = Array.from({ length }, (_, step) => tf.slice(rows, [0, step, 0], [-1, chunkLength, -1]));
  return tf.stack(steps, 2);
}

/** Chunks of a part, and what was answered when they were last gone through without dropout. */
interface Chunks extends Samples {
  /** [windows of the part, K] */
  readonly answers: ProbabilityMatrix;
  /** Of each window the frame that is answered for. */
  readonly targets: Int32Array;
}

/** Samples whose unit is a chunk of windows. */
function samplesOf(
  engine: Engine,
  data: TrainingData,
  networks: Networks,
  fixed: readonly NamedArray[],
  part: number,
  { together, head }: { readonly together: TogetherTraining; readonly head: HeadTraining },
): Chunks {
  const { tf } = engine;
  const windows = windowsOf(data, part, windowOptions(head));
  const { chunkLength } = together;
  const chunks = chunksOf(runsOf(windows.first), chunkLength);
  const frameCount = chunkLength - 1 + head.windowLength; // of a whole chunk
  const constants = fixed.map(({ values, shape }) => tf.keep(tf.tensor(values, [...shape])));
  const reader = { frames: data.frames, image: data.image, mean: fixed[0].values, variation: together.variation };
  const encoderWeights = weightSpecs(networks.encoder).length - fixed.length;
  const actions = data.labels.actions.count;
  const answers = ProbabilityMatrix.zeros(data.labels.actions, windows.target.length);

  const picturesOf = (chosen: readonly Chunk[], random: Random | undefined): Tensor => {
    const pixels = new Float32Array(chosen.length * frameCount * data.frames.rowBytes);
    for (const [row, { run, offset, count }] of chosen.entries()) {
      const span = { first: windows.first[run.first + offset], count: count - 1 + head.windowLength };
      const at = row * frameCount * data.frames.rowBytes; // a shorter chunk is followed by black frames, of no weight
      readPictures(reader, span, random, pixels, at);
    }
    return tf.tensor(pixels, [chosen.length * frameCount, ...networks.encoder.inputShape]);
  };

  return {
    answers,
    targets: windows.target,
    count: chunks.length,
    batch: (indices) => (weights, random) => {
      const chosen = Array.from(indices, (index) =>
        random === undefined ? chunks[index] : moved(chunks[index], random),
      );
      const pictures = picturesOf(chosen, random);
      const latents = forward(engine, networks.encoder, [...constants, ...weights.slice(0, encoderWeights)], pictures);
      const rows = tf.reshape(latents, [chosen.length, frameCount, elementCount(latents.shape.slice(1))]);
      const x = tf.reshape(windowsIn(engine, rows, chunkLength), [-1, ...networks.head.inputShape]);
      const output = forward(engine, networks.head, weights.slice(encoderWeights), x, random) as Tensor2D;
      if (random === undefined) keep(chosen, output.dataSync<'float32'>());
      const { labels, mask } = targetsOf(chosen);
      const each = sampleLosses(engine, head.loss, tf.tensor2d(labels, [mask.length, actions]), output);
      const known = mask.reduce((sum, value) => sum + value, 0);
      return tf.div(tf.sum(tf.mul(each, tf.tensor1d(mask))), known);
    },
  };

  function keep(chosen: readonly Chunk[], output: Float32Array): void {
    for (const [row, { run, offset, count }] of chosen.entries()) {
      const from = row * chunkLength * actions;
      answers.values.set(output.subarray(from, from + count * actions), (run.first + offset) * actions);
    }
  }

  /** Labels and weights of a batch's windows; windows that a shorter chunk lacks have the weight 0. */
  function targetsOf(chosen: readonly Chunk[]): { labels: Float32Array; mask: Float32Array } {
    const labels = new Float32Array(chosen.length * chunkLength * actions);
    const mask = new Float32Array(chosen.length * chunkLength);
    for (const [row, { run, offset, count }] of chosen.entries()) {
      const from = run.first + offset;
      const targets = windows.target.slice(from, from + count);
      labels.set(data.labels.select(targets).bytes, row * chunkLength * actions);
      for (let window = 0; window < count; window += 1) {
        const weight = windows.rare[from + window] === 1 ? head.rareWeight : 1;
        mask[row * chunkLength + window] = weight;
      }
    }
    return { labels, mask };
  }
}

function heldOutText(data: TrainingData, { answers, targets }: Chunks, loss: number, fps: number): string {
  const fightOf = Int32Array.from(targets, (frame) => data.fightOf[frame]);
  const pace = paceText(answers, data.labels.select(targets), fightOf, fps);
  return `    held-out loss ${loss.toPrecision(4)}; ${pace}`;
}

/**
 * Trains both on the windows of training fights; the epoch that is best on held-out fights is kept.
 *
 * @param dataSha256 names the frames (`rowsSha256`), for checkpoints
 * @throws UnderstudyError as {@link fit}
 */
export async function trainTogether(
  engine: Engine,
  data: TrainingData,
  dataSha256: string,
  settings: { readonly together: TogetherTraining; readonly head: HeadTraining; readonly fps: number },
  context: TrainingContext,
): Promise<TogetherResult> {
  const { together, head, fps } = settings;
  const { latentSize, channels, inputDropout } = together;
  const networks = {
    encoder: keyEncoderNetwork({ latentSize, image: data.image, ...(channels === undefined ? {} : { channels }) }),
    head: headNetwork({ ...head, latentSize, inputDropout, actions: data.labels.actions.count }),
  };
  const drawn = standardised(initialWeights(networks.encoder, head.seed), data);
  const fixed = drawn.slice(0, FIXED);
  const start = [...drawn.slice(fixed.length), ...initialWeights(networks.head, head.seed + 1)];
  const of = (part: number): Chunks => samplesOf(engine, data, networks, fixed, part, settings);
  const validation = of(VALIDATION);
  const record = JSON.stringify([
    dataSha256,
    { together, head },
    Array.from(data.partOf),
    Array.from(data.labels.bytes),
  ]);
  const train = of(TRAIN);
  const result = await fit(
    engine,
    start,
    { train, validation: validation.count === 0 ? null : validation },
    {
      ...together,
      ...context,
      patience: null,
      seed: head.seed,
      checkpoint: context.workFolder === null ? null : join(context.workFolder, TOGETHER_CHECKPOINT),
      fingerprint: createHash('sha256').update(record).digest('hex'),
      onHistory: eventsIn(context, 'together'),
      inspect: ({ validationLoss }) => {
        if (validationLoss !== null) context.say?.(heldOutText(data, validation, validationLoss, fps));
        return null;
      },
    },
  );
  const split = weightSpecs(networks.encoder).length - fixed.length;
  const windows = windowsOf(data, TRAIN, windowOptions(head));
  return {
    encoder: { network: networks.encoder, weights: [...fixed, ...result.weights.slice(0, split)] },
    head: {
      model: { network: networks.head, weights: result.weights.slice(split) },
      history: result.history,
      bestEpoch: result.bestEpoch,
      loss: result.bestLoss,
      trainWindows: windows.first.length,
      rareTrainWindows: windows.rare.reduce((sum, rare) => sum + rare, 0),
    },
  };
}
