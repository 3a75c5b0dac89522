/**
 * One trial of a sweep: a description in, a result out, both plain JSON. A trial that is done is not run again, and a
 * trial that was stopped continues from its last whole epoch, on any machine that has the sessions: so a queue may give
 * trials to any free machine. Trials of one latent size share their encoder.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { UnderstudyError } from '../core/errors.js';
import { given } from '../core/given.js';
import { STUDY_ACTIONS } from '../core/study-actions.js';
import type { Scores } from '../evaluation/scores.js';
import type { WeightStorage } from '../policy/onnx/graph-builder.js';
import type { LabelRule } from '../session/labels.js';
import type { SplitOptions } from '../session/splits.js';
import type { PreprocessingContract } from '../vision/preprocessing-contract.js';
import type { AutoencoderRecord, AutoencoderTraining } from './train-autoencoder.js';
import type { Engine } from './engine.js';
import type { HeadTraining } from './train-head.js';
import { canonicalJson, hashOf, replaceJson } from '../core/plain-json.js';
import { rowsSha256 } from './rows.js';
import { dataFromSessions, fightsByPart, type SessionData, type SessionDataOptions } from './session-data.js';
import { hasSharedEncoder, sharedEncoder, type SharedEncoder } from './shared-encoder.js';
import { train, type TrainOptions, type TrainResult } from './train.js';

/** Which recordings, and how they are read and divided. */
export interface TrialSource {
  readonly sessions: readonly string[];
  readonly preprocessing: PreprocessingContract;
  readonly labelRule: LabelRule;
  /** A frame's label is what is held this much later, ms. */
  readonly labelLeadMs: number;
  readonly lenient: boolean;
  /** The action of each key; null takes the log's own header, else the study's. */
  readonly keys: Readonly<Record<string, string>> | null;
  readonly split: SplitOptions;
}

/** A source as it is asked for: what pictures are like may be left to the recordings. */
export interface AskedSource extends Omit<TrialSource, 'preprocessing'> {
  readonly pictures: SessionDataOptions['pictures'];
}

export interface Trial {
  readonly version: 1;
  readonly source: TrialSource;
  /** Over frames, labels, fights and parts: a trial on other recordings with the same names is another trial. */
  readonly dataSha256: string;
  readonly autoencoder: AutoencoderTraining;
  readonly head: HeadTraining;
  /** Press threshold of all actions, or null: tuned on validation fights. */
  readonly threshold: number | null;
  readonly storage: WeightStorage;
}

export interface TrialResult {
  readonly id: string;
  readonly trial: Trial;
  /** D */
  readonly latent: number;
  readonly head: HeadTraining['kind'];
  readonly encoder: AutoencoderRecord;
  readonly fit: {
    readonly epochs: number;
    readonly bestEpoch: number;
    /** Both of the best epoch: on validation windows, and on training windows while the weights changed. */
    readonly validationLoss: number;
    readonly trainLoss: number;
    readonly trainWindows: number;
  };
  /** At the bundle's thresholds. */
  readonly validation: Scores;
  /** The bundle's folder, relative to the sweep's, and its id. */
  readonly bundle: { readonly folder: string; readonly id: string };
  readonly engine: string;
  readonly seconds: number;
}

/** The data of a trial as read, with the hashes that identify it. */
export interface TrialData extends SessionData {
  readonly source: TrialSource;
  readonly sha256: string;
  /** Of the frames alone (`rowsSha256`). */
  readonly framesSha256: string;
}

/** What a trial gets besides its description; it does not change the result. */
export interface TrialContext extends Pick<TrainOptions, 'signal' | 'onStep' | 'onProgress' | 'say'> {
  /** Folder of the whole sweep: encoders, trials and frames lie in it. */
  readonly folder: string;
}

const sha256Of = (...parts: (string | NodeJS.ArrayBufferView)[]): string => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
};

/** Identifies a trial by its description: `512-gru-1f0c9a2b`. */
export function trialId(trial: Trial): string {
  const { kind, latentSize } = trial.autoencoder;
  const size = kind === 'baseline' ? 'baseline' : String(latentSize);
  return `${size}-${trial.head.kind}-${hashOf(trial, 8)}`;
}

/** Folder of a trial's checkpoints, history and bundle, relative to the sweep's. */
export const trialFolder = (trial: Trial): string => join('trials', trialId(trial));

/** Folder of all encoders of a sweep. */
export const encodersFolder = (sweepFolder: string): string => join(sweepFolder, 'encoders');

/**
 * Reads the data of trials; the frames' file is kept in `folder`. The caller closes `data.frames`.
 *
 * @throws UnderstudyError as `dataFromSessions`
 */
export async function readTrialData({ pictures, ...asked }: AskedSource, folder: string): Promise<TrialData> {
  const { sessions, labelRule, labelLeadMs, split, lenient, keys } = asked;
  const session = await dataFromSessions(sessions, {
    pictures,
    labelRule,
    labelLeadMs,
    split,
    workFolder: folder,
    reading: { lenient, ...given({ keys: keys === null ? undefined : new Map(Object.entries(keys)) }) },
  });
  const { frames, labels, fightOf, partOf } = session.data;
  const framesSha256 = rowsSha256(frames);
  const own = labels.actions === STUDY_ACTIONS ? [] : [JSON.stringify([labels.actions.names, labels.actions.rules()])];
  const sha256 = sha256Of(framesSha256, labels.bytes, fightOf, partOf, ...own);
  return { ...session, source: { ...asked, preprocessing: session.preprocessing }, framesSha256, sha256 };
}

/** Reads the data of trials as {@link readTrialData}, and closes it once the work is over. */
export async function withTrialData<T>(
  asked: AskedSource,
  folder: string,
  work: (data: TrialData) => Promise<T>,
): Promise<T> {
  const data = await readTrialData(asked, folder);
  try {
    return await work(data);
  } finally {
    data.data.frames[Symbol.dispose]();
  }
}

/** Trials that share an encoder, together, in the order in which their encoders come first. */
export function byEncoder(trials: readonly Trial[]): Trial[][] {
  const groups = new Map<string, Trial[]>();
  for (const trial of trials) {
    const key = canonicalJson(trial.autoencoder);
    groups.set(key, [...(groups.get(key) ?? []), trial]);
  }
  return [...groups.values()];
}

/** The result of an earlier run of the same trial, or null. A damaged file counts as absent. */
export function finishedTrial(trial: Trial, folder: string): TrialResult | null {
  const path = join(folder, trialFolder(trial), 'result.json');
  if (!existsSync(path)) return null;
  try {
    const result = JSON.parse(readFileSync(path, 'utf8')) as TrialResult;
    const isWhole = canonicalJson(result.trial) === canonicalJson(trial);
    return isWhole && existsSync(join(folder, result.bundle.folder, 'manifest.json')) ? result : null;
  } catch {
    return null;
  }
}

/**
 * Runs a trial, or returns the result of an earlier run. The test fights are not used.
 *
 * @throws UnderstudyError as `sharedEncoder` and `train`; `dataset-invalid` where `data` is not the data of the trial's
 *   description, or has no validation windows; the signal's reason when aborted
 */
export async function runTrial(
  engine: Engine,
  trial: Trial,
  data: TrialData,
  context: TrialContext,
): Promise<TrialResult> {
  const done = finishedTrial(trial, context.folder);
  if (done !== null) return done;
  const beganMs = performance.now();
  const folder = trialFolder(trial);
  replaceJson(join(context.folder, folder, 'trial.json'), trial);
  const { result, encoder } = await trainTrial(engine, trial, data, context, {
    out: join(context.folder, folder, 'bundle'),
    scoresTest: false,
  });
  if (result.validation === null) {
    throw new UnderstudyError({
      kind: 'input',
      code: 'dataset-invalid',
      message: 'No window lies in the validation fights: trials cannot be ranked.',
      next: 'Give more or longer fights, or a larger --validation.',
    });
  }
  const { history, bestEpoch, loss, trainWindows } = result.head;
  const trialResult: TrialResult = {
    id: trialId(trial),
    trial,
    latent: result.bundle.manifest.latentSize,
    head: trial.head.kind,
    encoder,
    fit: {
      epochs: history.length,
      bestEpoch,
      validationLoss: loss,
      trainLoss: history[bestEpoch - 1].loss,
      trainWindows,
    },
    validation: result.validation,
    bundle: { folder: join(folder, 'bundle'), id: result.bundle.id },
    engine: engine.description,
    seconds: Number(((performance.now() - beganMs) / 1000).toFixed(1)),
  };
  replaceJson(join(context.folder, folder, 'result.json'), trialResult);
  return trialResult;
}

/**
 * Trains a trial's encoder where it is not trained yet.
 *
 * @throws UnderstudyError as `sharedEncoder`; `dataset-invalid` as runTrial
 */
export async function trainEncoder(
  engine: Engine,
  trial: Trial,
  data: TrialData,
  { folder, signal, say, onStep, onProgress }: TrialContext,
): Promise<SharedEncoder> {
  assertSameData(trial, data);
  const encoders = encodersFolder(folder);
  const { framesSha256 } = data;
  if (!hasSharedEncoder(data.data, framesSha256, trial.autoencoder, encoders)) onStep?.('autoencoder');
  return await sharedEncoder(engine, data.data, framesSha256, trial.autoencoder, encoders, {
    ...given({ signal, say }),
    onProgress: (progress) => onProgress?.('autoencoder', progress),
  });
}

/** Writes the winner's bundle again, now with its score on the test fights, which no trial has used before. */
export async function scoreWinner(
  engine: Engine,
  trial: Trial,
  data: TrialData,
  context: TrialContext,
  out: string,
): Promise<TrainResult> {
  const { result } = await trainTrial(engine, trial, data, context, { out, scoresTest: true });
  return result;
}

async function trainTrial(
  engine: Engine,
  trial: Trial,
  data: TrialData,
  context: TrialContext,
  to: { readonly out: string; readonly scoresTest: boolean },
): Promise<{ readonly result: TrainResult; readonly encoder: AutoencoderRecord }> {
  const { folder, ...callbacks } = context;
  const shared = await trainEncoder(engine, trial, data, context);
  const result = await train(engine, {
    data: data.data,
    fps: data.fps,
    preprocessing: trial.source.preprocessing,
    autoencoder: trial.autoencoder,
    head: trial.head,
    storage: trial.storage,
    encoder: { model: shared.encoder, record: { autoencoder: shared.record } },
    ...given({ threshold: trial.threshold ?? undefined }),
    out: to.out,
    name: trialId(trial),
    scoresTest: to.scoresTest,
    record: { trial, sessions: trial.source.sessions.map((path) => basename(path)), fights: fightsByPart(data) },
    workFolder: join(folder, trialFolder(trial)),
    latentsFolder: shared.folder,
    resume: true,
    ...callbacks,
  });
  return { result, encoder: shared.record };
}

function assertSameData(trial: Trial, data: TrialData): void {
  if (trial.dataSha256 === data.sha256) return;
  throw new UnderstudyError({
    kind: 'input',
    code: 'dataset-invalid',
    message: `The sessions are not those that trial ${trialId(trial)} was described with: data ${data.sha256.slice(0, 12)}, expected ${trial.dataSha256.slice(0, 12)}.`,
    next: 'Bring the same recordings, or describe the trials again.',
  });
}
