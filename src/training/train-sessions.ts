/**
 * `train`: sessions in, bundle out, and progress for the user. Decides nothing about learning: the request has the
 * settings.
 */
import { basename, resolve } from 'node:path';
import { given } from '../core/given.js';
import { unlessAborted } from '../core/unless-aborted.js';
import { writeFigureOrWarn, type Figure } from '../evaluation/figures/figure.js';
import { trainingCurvesFigure } from '../evaluation/figures/training-curves.js';
import { trainingCurvesOf } from '../evaluation/training-history.js';
import { readBundle } from '../policy/bundle.js';
import { readEncoderWeights } from '../policy/onnx/encoder-graph.js';
import type { LabelRule } from '../session/labels.js';
import type { ReadOptions } from '../session/event-log.js';
import type { SplitOptions } from '../session/splits.js';
import type { PreprocessingContract } from '../vision/preprocessing-contract.js';
import { loadEngine, type Engine, type EngineName } from './engine.js';
import { encoderModel } from './import-model.js';
import { keptFigure } from './kept-figure.js';
import type { AskedPictures } from './picture-contract.js';
import type { Preset } from './presets.js';
import { dataFromSessions, fightsByPart } from './session-data.js';
import { train, type GivenEncoder, type TrainOptions, type TrainResult } from './train.js';

/** Settings of both networks, and the press threshold where it is not tuned. */
export type TrainSettings = Pick<TrainOptions, 'together' | 'autoencoder' | 'head' | 'threshold' | 'act'>;

/** What `train` is asked to do. */
export interface TrainRequest {
  /** Paths without ending, files, or names under sessions/. */
  readonly sessions: readonly string[];
  /** The bundle's folder. */
  readonly out: string;
  /** Checkpoints, latents and history. */
  readonly work: string;
  /** A bundle whose encoder is used unchanged; null trains one. */
  readonly encoder: string | null;
  /** What is asked for of how pictures are prepared; the encoder's contract, where one is given. */
  readonly pictures: AskedPictures;
  /** For the bundle's record; what follows from it is in `settings`. */
  readonly preset: Preset;
  readonly settings: TrainSettings;
  readonly reading: ReadOptions;
  readonly labelRule: LabelRule;
  readonly labelLeadMs: number;
  readonly split: SplitOptions;
  readonly storage: NonNullable<TrainOptions['storage']>;
  readonly engine: EngineName;
  readonly deterministic: boolean;
  /** Continue where the same training was stopped. */
  readonly resume: boolean;
  /** The command line, for the bundle's record. */
  readonly command: string;
}

/** Gets what the display of a training's progress needs. */
export type TrainWatcher = Required<Pick<TrainOptions, 'onStep' | 'onProgress' | 'say'>>;

/** Fields as documented in docs/cli.md: scripts rely on them. */
export interface TrainSummary {
  readonly folder: string;
  readonly id: string;
  /** Checkpoints, latents, history.json, pictures (training-curves and kept, .svg and .png), TensorBoard's events. */
  readonly work: string;
  readonly engine: string;
  readonly frames: number;
  readonly fights: number;
  readonly warnings: readonly string[];
  /** Null where there was none: the encoder was given, or trained on the keys. */
  readonly autoencoder: { readonly epochs: number; readonly loss: number; readonly meanFrameLoss: number } | null;
  readonly head: { readonly epochs: number; readonly loss: number; readonly trainWindows: number };
  readonly act: TrainResult['act'];
  /** How often and how long each key is held on validation fights; null where there are none. */
  readonly habits: TrainResult['habits'];
  /** At the bundle's thresholds; null where a part has no windows. */
  readonly validation: TrainResult['validation'];
  readonly test: TrainResult['test'];
  /** Every action beside the baselines, and the verdict; null where nothing was held out. */
  readonly learned: TrainResult['learned'];
  readonly seconds: number;
}

/**
 * Runs a training.
 *
 * @returns null where the signal came first; what was learned up to the last whole epoch is kept
 * @throws UnderstudyError as `loadEngine`, `dataFromSessions` and `train`
 */
export async function trainSessions(
  request: TrainRequest,
  watch: TrainWatcher,
  signal: AbortSignal,
): Promise<TrainSummary | null> {
  const beganMs = performance.now();
  const { work, out, pictures, settings, labelRule, labelLeadMs, split, reading, storage, resume, deterministic } =
    request;
  const { say } = watch;
  const encoder = request.encoder === null ? undefined : await givenEncoder(request.encoder);
  const engine = await loadEngine(request.engine, { deterministic });
  const loaded = await dataFromSessions(request.sessions, {
    pictures: encoder?.preprocessing ?? pictures,
    labelRule,
    labelLeadMs,
    split,
    reading,
    workFolder: work,
  });
  const { data, fps, warnings } = loaded;
  using frames = data.frames; // closed with this run
  const fights = new Set(data.fightOf).size;
  say(`${frames.count} frames of ${fights} fights, ${fps} a second, on ${engine.description}`);
  for (const warning of warnings) say(`warning: ${warning}`);
  const trainOptions: TrainOptions = {
    ...settings,
    data,
    fps,
    preprocessing: loaded.preprocessing,
    workFolder: work,
    out,
    name: basename(resolve(out)),
    storage,
    ...given({ encoder }),
    record: { ...recordOf(request), fights: fightsByPart(loaded) },
    resume,
    signal,
    ...watch,
  };
  const result = await unlessAborted(train(engine, trainOptions), signal);
  if (result === null) {
    say(`stopped; the same command with --resume continues from the last whole epoch (${work})`);
    return null;
  }
  const { manifest } = result.bundle;
  const curves = (): Figure =>
    trainingCurvesFigure('training-curves', `Training of ${manifest.name}`, trainingCurvesOf(manifest));
  await writeFigureOrWarn(work, curves, 'no training curves', say);
  const { readBack } = result;
  if (readBack !== null && readBack.pictures.length > 0) {
    await writeFigureOrWarn(
      work,
      () => keptFigure(manifest.name, readBack),
      'no pictures of what the latents keep',
      say,
    );
  }
  const seconds = (performance.now() - beganMs) / 1000;
  return summaryOf(engine, result, { work, frames: frames.count, fights, warnings, seconds });
}

/** The bundle's record of how it was made. Without folders: a bundle may be moved to another machine. */
function recordOf(request: TrainRequest): Record<string, unknown> {
  const { command, sessions, preset, labelRule, labelLeadMs, split, deterministic } = request;
  const { by, validation, test } = split;
  return {
    command,
    sessions: sessions.map((name) => basename(name)),
    preset,
    labelRule,
    labelLeadMs,
    split: { by, validation, test },
    deterministic,
  };
}

function summaryOf(
  engine: Engine,
  { bundle, autoencoder, head, act, habits, validation, test, learned }: TrainResult,
  rest: Pick<TrainSummary, 'work' | 'frames' | 'fights' | 'warnings' | 'seconds'>,
): TrainSummary {
  return {
    folder: bundle.folder,
    id: bundle.id,
    engine: engine.description,
    ...rest,
    seconds: Number(rest.seconds.toFixed(1)),
    autoencoder: autoencoder && {
      epochs: autoencoder.history.length,
      loss: autoencoder.loss,
      meanFrameLoss: autoencoder.meanFrame.loss,
    },
    head: { epochs: head.history.length, loss: head.loss, trainWindows: head.trainWindows },
    act,
    habits,
    validation,
    test,
    learned,
  };
}

/** A bundle's encoder, with its record of how it was trained. */
async function givenEncoder(folder: string): Promise<GivenEncoder & { preprocessing: PreprocessingContract }> {
  const { manifest, encoder, id } = await readBundle(folder);
  const { image, training, preprocessing } = manifest;
  const model = encoderModel(readEncoderWeights(encoder), [image.height, image.width]);
  const { command, data, autoencoder, fights, givenEncoder: before } = training;
  const record = { bundle: basename(resolve(folder)), id, command, data, autoencoder, fights, givenEncoder: before };
  return { model, record, preprocessing };
}
