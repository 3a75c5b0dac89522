/**
 * `understudy train`: sessions in, bundle out, and what a person wants to see on the way. Decides nothing about
 * learning: settings come from the preset and from the options that were given.
 */
import { basename, join, resolve } from 'node:path';
import { UnderstudyError } from '../../core/errors.js';
import { readBundle } from '../../policy/bundle.js';
import { readEncoderWeights } from '../../policy/onnx/encoder-graph.js';
import { loadEngine, type Engine } from '../../training/engine.js';
import { dataFromSessions, fightsByPart } from '../../training/session-data.js';
import { encoderModel } from '../../training/import-model.js';
import { train, type GivenEncoder, type TrainOptions, type TrainResult } from '../../training/train.js';
import { contractDifference, STUDY_CONTRACT } from '../../vision/preprocessing-contract.js';
import { readingOptions } from '../options/session.js';
import { drawCurves } from './curves.js';
import type { TrainVerbOptions } from '../options/train.js';
import { TrainingProgress } from '../text/train-progress.js';
import { settingsOf } from './settings.js';
import { unlessAborted } from './unless-aborted.js';

/** Fields as documented in docs/cli.md: scripts rely on them. */
export interface TrainSummary {
  readonly folder: string;
  readonly id: string;
  /** Checkpoints, latents, history.json, training-curves.svg and .png, TensorBoard's events. */
  readonly work: string;
  readonly engine: string;
  readonly frames: number;
  readonly fights: number;
  readonly warnings: readonly string[];
  /** Null where the encoder was given. */
  readonly autoencoder: { readonly epochs: number; readonly loss: number; readonly meanFrameLoss: number } | null;
  readonly head: { readonly epochs: number; readonly loss: number; readonly trainWindows: number };
  /** At the bundle's thresholds; null where a part has no windows. */
  readonly validation: TrainResult['validation'];
  readonly test: TrainResult['test'];
  readonly seconds: number;
}

/**
 * Trains.
 *
 * @returns null where the signal came first; what was learned up to the last whole epoch is kept
 * @throws UnderstudyError as `loadEngine`, `dataFromSessions` and `train`
 */
export async function trainSessions(
  names: readonly string[],
  options: TrainVerbOptions,
  signal: AbortSignal,
): Promise<TrainSummary | null> {
  const beganMs = performance.now();
  const settings = settingsOf(options); // refused before anything is loaded
  const work = options.work ?? `${resolve(options.out)}.work`;
  const encoder = options.encoder === undefined ? null : await givenEncoder(options.encoder);
  const engine = await loadEngine(options.engine, { deterministic: options.deterministic ?? false });
  const loaded = await dataFromSessions(names, {
    preprocessing: STUDY_CONTRACT,
    labelRule: options.labelRule,
    labelLeadMs: options.labelLeadMs,
    split: { by: options.split, seed: settings.head.seed, validation: options.validation, test: options.test },
    reading: readingOptions(options),
    workFolder: work,
  });
  const { data, fps, warnings } = loaded;
  using frames = data.frames; // closed with this run
  const fights = new Set(data.fightOf).size;
  using progress = new TrainingProgress(process.stderr);
  progress.note(`${frames.count} frames of ${fights} fights, ${fps} a second, on ${engine.description}`);
  for (const warning of warnings) progress.note(`warning: ${warning}`);
  const trainOptions: TrainOptions = {
    ...settings,
    ...{ data, fps, preprocessing: STUDY_CONTRACT, workFolder: work },
    ...{ out: options.out, name: basename(resolve(options.out)), storage: options.storage },
    ...(encoder === null ? {} : { encoder }),
    record: { ...recordOf(names, options), fights: fightsByPart(loaded) },
    resume: options.resume ?? false,
    signal,
    onStep: (step) => progress.begin(step),
    onProgress: (step, fit) => progress.at(step, fit),
    say: (message) => progress.note(message),
  };
  const result = await unlessAborted(train(engine, trainOptions), signal);
  progress.finish();
  if (result === null) {
    progress.note(`stopped; the same command with --resume goes on from the last whole epoch (${work})`);
    return null;
  }
  await drawCurves(work, result.bundle.manifest, (text) => progress.note(text));
  const seconds = (performance.now() - beganMs) / 1000;
  return summaryOf(engine, result, { work, frames: frames.count, fights, warnings, seconds });
}

/** What the bundle remembers of how it came about. Paths as they were given: a bundle travels. */
function recordOf(names: readonly string[], options: TrainVerbOptions): Record<string, unknown> {
  const { preset, labelRule, labelLeadMs, split, validation, test, deterministic } = options;
  return {
    command: `understudy ${process.argv.slice(2).join(' ')}`,
    sessions: names.map((name) => basename(name)),
    preset,
    ...{ labelRule, labelLeadMs },
    split: { by: split, validation, test },
    deterministic: deterministic ?? false,
  };
}

function summaryOf(
  engine: Engine,
  { bundle, autoencoder, head, validation, test }: TrainResult,
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
    validation,
    test,
  };
}

/** A bundle's encoder, with what its record says of how it was trained. */
async function givenEncoder(folder: string): Promise<GivenEncoder> {
  const { manifest, encoder, id } = await readBundle(folder);
  const { image, training, preprocessing } = manifest;
  if (contractDifference(preprocessing, STUDY_CONTRACT) !== null) {
    throw new UnderstudyError({
      kind: 'input',
      code: 'bundle-mismatch',
      message: `The encoder of ${folder} takes pictures that are prepared in another way than training prepares them.`,
      next: 'Give a bundle that `understudy train` wrote, or leave --encoder out.',
    });
  }
  const model = encoderModel(readEncoderWeights(encoder), [image.height, image.width]);
  const { command, data, autoencoder, fights, givenEncoder: before } = training;
  const record = { bundle: basename(resolve(folder)), id, command, data, autoencoder, fights, givenEncoder: before };
  return { model, record };
}

/** The summary for people. */
export function trainText(summary: TrainSummary): string {
  const { folder, id, autoencoder, head, validation, seconds, work } = summary;
  const lines = [`wrote ${folder} (${id}) in ${(seconds / 60).toFixed(1)} minutes`];
  if (autoencoder !== null) {
    const share = (100 * autoencoder.loss) / autoencoder.meanFrameLoss;
    lines.push(
      `  autoencoder  ${autoencoder.epochs} epochs, loss ${autoencoder.loss.toPrecision(3)}, ${share.toFixed(0)} % of the mean frame's`,
    );
  }
  lines.push(`  head         ${head.epochs} epochs, loss ${head.loss.toPrecision(3)}, ${head.trainWindows} windows`);
  if (validation !== null) {
    const scores = Object.keys(validation.perAction).filter((action) => validation.perAction[action].support > 0).map(
      (action) => `${action} ${validation.perAction[action].f1.toFixed(2)}`,
    );
    lines.push(`  validation   F1 ${scores.join(', ')}`);
  }
  const history = join(work, 'history.json');
  return [...lines, `  history      ${history}`, '  F1 does not rank agents: play it, and count its wins.'].join('\n');
}
