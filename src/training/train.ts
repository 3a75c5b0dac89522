/**
 * Makes a bundle for `play` from recordings: autoencoder, latents, head, thresholds, ONNX graphs, a check that the
 * graphs answer what the trained model answers, bundle. The work folder lets a killed training continue.
 */
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { UnderstudyError } from '../core/errors.js';
import { given } from '../core/given.js';
import type { Kept } from '../evaluation/kept.js';
import { learnedFrom, type Learned } from '../evaluation/learned.js';
import { scoreLabels, type Scores } from '../evaluation/scores.js';
import { writeBundle, type Bundle } from '../policy/bundle.js';
import { actionFields } from '../policy/manifest.js';
import { encoderGraph } from '../policy/onnx/encoder-graph.js';
import type { WeightStorage } from '../policy/onnx/graph-builder.js';
import { headGraph } from '../policy/onnx/head-graph.js';
import type { PreprocessingContract } from '../vision/preprocessing-contract.js';
import {
  autoencoderRecord,
  encodeFrames,
  trainAutoencoder,
  weightsSha256,
  type AutoencoderResult,
  type AutoencoderTraining,
  type TrainingContext,
} from './train-autoencoder.js';
import { assertData, pictureRecord, TEST, VALIDATION, type TrainingData } from './dataset.js';
import type { Engine } from './engine.js';
import type { FitProgress } from './fit.js';
import type { KerasModel } from './keras/read.js';
import { predictPart, trainHead, type HeadResult, type HeadTraining, type Predictions } from './train-head.js';
import { trainTogether, type TogetherTraining } from './train-together.js';
import { encodedFrames, readBackOf, type ReadBack } from './read-back.js';
import { replaceJson } from '../core/plain-json.js';
import { assertSameAnswers } from './same-answers.js';
import { rowsSha256, type Rows } from './rows.js';
import { encoderWeights, headWeights } from './study-weights.js';
import type { Act } from '../policy/act-gate.js';
import { chooseAct, type ChosenAct } from './choose-act.js';
import type { Habits } from './habits.js';
import { heldAt } from './tune-thresholds.js';

/** The steps of a training, in their order, as progress is reported. */
export const TRAINING_STEPS = ['together', 'autoencoder', 'latents', 'head', 'bundle'] as const;
export type TrainingStep = (typeof TRAINING_STEPS)[number];

/** An encoder that is trained already: it takes most of the time, and more fights help the head more. */
export interface GivenEncoder {
  readonly model: KerasModel;
  /** How it was trained, for the new bundle's record. */
  readonly record: unknown;
}

export interface TrainOptions {
  readonly data: TrainingData;
  /** Frames per second of the recordings. */
  readonly fps: number;
  readonly preprocessing: PreprocessingContract;
  /** Encoder and head at once, on the keys; null (default): first the autoencoder, then the head on its latents. */
  readonly together?: TogetherTraining | null;
  readonly autoencoder: AutoencoderTraining;
  /** Uses this encoder unchanged and trains the head alone; `together` and `autoencoder` are not used then. */
  readonly encoder?: GivenEncoder;
  readonly head: HeadTraining;
  /** The bundle's folder. */
  readonly out: string;
  readonly name: string;
  /** Default float32; float16 halves the files and is cast at load. */
  readonly storage?: WeightStorage;
  /** Press thresholds: tuned on validation fights (default), or one number for all, as the study's 0.5. */
  readonly threshold?: number;
  /** How the bundle acts; `choose`: what is most like the person on validation fights. Default `threshold`. */
  readonly act?: Act | 'choose';
  /** The command and its inputs, for the bundle's record. */
  readonly record?: Readonly<Record<string, unknown>>;
  /** Folder of checkpoints, latents and history. */
  readonly workFolder: string;
  /** Folder of the latents, for trainings that share them. Default `workFolder`. */
  readonly latentsFolder?: string;
  /** False leaves the test fights unused, for one of many trainings that compete. Default true. */
  readonly scoresTest?: boolean;
  readonly resume?: boolean;
  readonly signal?: AbortSignal;
  readonly onStep?: (step: TrainingStep) => void;
  readonly onProgress?: (step: TrainingStep, progress: FitProgress) => void;
  readonly say?: (message: string) => void;
}

export interface TrainResult {
  readonly bundle: Bundle;
  /** Null where there was none: the encoder was given, or trained on the keys. */
  readonly autoencoder: AutoencoderResult | null;
  readonly head: HeadResult;
  /** How the bundle acts. */
  readonly act: Act;
  /** How often and how long each key is held on validation fights; null where there are none or the threshold is given. */
  readonly habits: { readonly person: Habits; readonly agent: Habits } | null;
  /** At the bundle's thresholds; null where a part has no windows. */
  readonly validation: Scores | null;
  readonly test: Scores | null;
  /** On the test fights; on validation where those have no windows or stay unused; null where neither has any. */
  readonly learned: TrainLearned | null;
  /** What can be read back out of the latents; null where it could not be measured. */
  readonly readBack: ReadBack | null;
}

/** Beside the baselines, on fights that were not trained on. */
export interface TrainLearned extends Learned {
  readonly on: 'validation' | 'test';
  /** What can be read back out of the latents; null where it could not be measured. */
  readonly encoder: Kept | null;
}

function contextOf(options: TrainOptions, step: TrainingStep): TrainingContext {
  const { workFolder, resume = false, signal, say } = options;
  return {
    workFolder,
    resume,
    ...given({ signal, say }),
    onProgress: (progress) => options.onProgress?.(step, progress),
  };
}

function scoresOf(predictions: Predictions, thresholds: ChosenAct['thresholds']): Scores | null {
  if (predictions.labels.count === 0) return null;
  const { fightOf } = predictions;
  return scoreLabels(predictions.labels, heldAt(predictions.probabilities, thresholds), { fightOf });
}

function assertRoom(options: TrainOptions): void {
  mkdirSync(options.workFolder, { recursive: true });
  if (existsSync(options.out) && !existsSync(join(options.out, 'manifest.json'))) {
    throw new UnderstudyError({
      kind: 'usage',
      code: 'bad-option',
      message: `${options.out} exists and is not a bundle.`,
      next: 'Name another folder with --out.',
    });
  }
}

interface Trained {
  /** Null where encoder and head were not trained together. */
  readonly together: TogetherTraining | null;
  readonly encoder: KerasModel;
  readonly autoencoder: AutoencoderResult | null;
  readonly head: HeadResult;
  readonly latents: Rows;
  readonly dataSha256: string;
}

async function trainBoth(engine: Engine, options: TrainOptions): Promise<Trained> {
  const { data, together = null } = options;
  const dataSha256 = rowsSha256(data.frames);
  const first = await trainFirst(engine, options, dataSha256);
  const inStep = (step: TrainingStep): TrainingContext => contextOf(options, step);
  options.onStep?.('latents');
  const folder = options.latentsFolder ?? options.workFolder;
  const latents = await encodeFrames(engine, data, dataSha256, first.encoder, folder, inStep('latents'));
  try {
    const head = first.head ?? (await trainHeadOn(engine, options, latents, { ...first, dataSha256 }));
    replaceJson(join(options.workFolder, 'history.json'), {
      autoencoder: first.autoencoder?.history ?? [],
      head: head.history,
    });
    return { ...first, together: first.head === null ? null : together, head, latents, dataSha256 };
  } catch (error) {
    latents[Symbol.dispose]();
    throw error;
  }
}

/** What is trained before there are latents: the encoder, and the head where both are trained together. */
type First = Pick<Trained, 'encoder' | 'autoencoder'> & { readonly head: HeadResult | null };

async function trainFirst(engine: Engine, options: TrainOptions, dataSha256: string): Promise<First> {
  const { data, together = null, head, fps } = options;
  if (options.encoder !== undefined) return { encoder: options.encoder.model, autoencoder: null, head: null };
  if (together !== null) {
    options.onStep?.('together');
    const context = contextOf(options, 'together');
    return { ...(await trainTogether(engine, data, dataSha256, { together, head, fps }, context)), autoencoder: null };
  }
  options.onStep?.('autoencoder');
  const context = contextOf(options, 'autoencoder');
  const autoencoder = await trainAutoencoder(engine, data, dataSha256, options.autoencoder, context);
  return { encoder: autoencoder.encoder, autoencoder, head: null };
}

async function trainHeadOn(
  engine: Engine,
  options: TrainOptions,
  latents: Rows,
  { encoder, dataSha256 }: Pick<Trained, 'encoder' | 'dataSha256'>,
): Promise<HeadResult> {
  options.onStep?.('head');
  const latentsId = `${dataSha256}-${weightsSha256(encoder.weights)}`;
  return await trainHead(engine, options.data, latents, latentsId, options.head, contextOf(options, 'head'));
}

function recordOf(engine: Engine, options: TrainOptions, trained: Trained): Record<string, unknown> {
  const { autoencoder, together, head } = trained;
  const fights = new Set(options.data.fightOf).size;
  return {
    ...options.record,
    kind: 'trained',
    engine: engine.description,
    data: { frames: options.data.frames.count, fights, framesSha256: trained.dataSha256 },
    // how the encoder was made: given with its own record, or trained here
    ...given({
      together: together ?? undefined,
      autoencoder: autoencoder === null ? undefined : autoencoderRecord(options.autoencoder, autoencoder),
      givenEncoder: options.encoder?.record,
    }),
    pictures: pictureRecord(options.data, options.fps),
    head: {
      ...options.head,
      ...(together === null ? {} : { ...stepsOf(together) }), // it was not trained by settings of its own
      loss: { ...options.head.loss, best: head.loss },
      bestEpoch: head.bestEpoch,
      trainWindows: head.trainWindows,
      rareTrainWindows: head.rareTrainWindows,
      history: head.history,
    },
    storage: options.storage ?? 'float32',
  };
}

const stepsOf = ({ epochs, batchSize, learningRate }: TogetherTraining) => ({
  epochs,
  batchSize,
  learningRate,
  patience: null,
});

async function writeTrainedBundle(engine: Engine, options: TrainOptions, trained: Trained): Promise<TrainResult> {
  const { data, head: training } = options;
  const { encoder, autoencoder, head, latents } = trained;
  const { actions } = data.labels;
  const predict = (part: number): Predictions => predictPart(engine, data, latents, head.model, training, part);
  const onValidation = predict(VALIDATION);
  const way = chooseAct(options, onValidation);
  const { thresholds } = way;
  const validation = scoresOf(onValidation, thresholds);
  const onTest = (options.scoresTest ?? true) ? predict(TEST) : null;
  const test = onTest && scoresOf(onTest, thresholds);
  const readBack = readBackOf(engine, encodedFrames(data, latents));
  const encoderKept = readBack && readBack.kept;
  const judged = learnedOn('test', test, onTest) ?? learnedOn('validation', validation, onValidation);
  const learned = judged && { ...judged, encoder: encoderKept };
  const storage = options.storage ?? 'float32';
  const [height, width] = data.image;
  const models = {
    encoder: encoderGraph(encoderWeights(encoder), { image: { height, width }, storage }),
    head: headGraph(headWeights(head.model), { windowLength: training.windowLength, storage }),
  };
  await assertSameAnswers(engine, { data, latents, encoder, head: head.model }, models, storage);
  const description = {
    name: options.name,
    ...actionFields(actions),
    ...given({ game: data.game }),
    fps: options.fps,
    windowLength: training.windowLength,
    latentSize: latents.rowBytes / 4,
    preprocessing: options.preprocessing,
    horizon: training.horizon,
    apply: training.horizon === 0 ? ('at-once' as const) : ('next-tick' as const),
    thresholds,
    ...(way.act === 'threshold' ? {} : { act: way.act }), // absent in bundles that act by thresholds, as before
    training: { ...recordOf(engine, options, trained), habits: way.habits, ways: way.ways, kept: encoderKept },
    metrics: { validation, test },
  };
  const bundle = await writeBundle(options.out, description, models);
  return { bundle, autoencoder, head, act: way.act, habits: way.habits, validation, test, learned, readBack };
}

function learnedOn(
  on: TrainLearned['on'],
  scores: Scores | null,
  predictions: Predictions | null,
): Omit<TrainLearned, 'encoder'> | null {
  if (scores === null || predictions === null) return null;
  return { ...learnedFrom(scores, predictions.labels, predictions.before), on };
}

/**
 * Trains and writes a bundle; an earlier bundle at `out` stays until the new one is complete.
 *
 * @throws UnderstudyError `dataset-invalid`, `training-diverged`, `checkpoint-mismatch`, `write-failed`; the signal's
 *   reason when aborted (run again with `resume`)
 */
export async function train(engine: Engine, options: TrainOptions): Promise<TrainResult> {
  assertData(options.data);
  assertRoom(options);
  const trained = await trainBoth(engine, options);
  try {
    options.onStep?.('bundle');
    return await writeTrainedBundle(engine, options, trained);
  } finally {
    trained.latents[Symbol.dispose]();
  }
}
