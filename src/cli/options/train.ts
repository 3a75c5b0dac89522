/** The options of `train` as Commander passes them, and the request that they make. */
import { resolve } from 'node:path';
import { badOption } from '../../core/errors.js';
import { given } from '../../core/given.js';
import type { LossSpec } from '../../training/losses.js';
import { presetSettings, STUDY_FOCAL, type Effort, type Preset, type PresetSettings } from '../../training/presets.js';
import type { AskedPictures } from '../../training/picture-contract.js';
import type { TrainRequest, TrainSettings } from '../../training/train-sessions.js';
import { gameFileOf } from './window.js';
import { readingOptions, type ReadingOptions } from './session.js';
import type { LabelRule } from '../../session/labels.js';
import { WHOLE_WINDOW } from '../../vision/preprocessing-contract.js';
import type { SplitUnit } from '../../session/splits.js';
import type { Act } from '../../policy/act-gate.js';
import type { EngineName } from '../../training/engine.js';

/** Encoder and head at once, on the keys; or first an autoencoder on the pictures, then the head, as in the study. */
export const TRAIN_METHODS = ['together', 'autoencoder'] as const;
export type TrainMethod = (typeof TRAIN_METHODS)[number];

export interface TrainVerbOptions extends ReadingOptions {
  readonly out: string;
  /** A game file, for its crop. */
  readonly game?: string;
  readonly picture?: AskedPictures['size'];
  readonly preset: Preset;
  /** Default the preset's. */
  readonly method?: TrainMethod;
  readonly autoencoder?: 'advanced' | 'baseline';
  readonly latent: number;
  /** A bundle whose encoder is used unchanged. */
  readonly encoder?: string;
  readonly channels?: readonly number[];
  readonly head: 'gru' | 'lstm';
  readonly units?: readonly number[];
  readonly loss?: 'bce' | 'focal';
  readonly gamma?: number;
  readonly alpha?: number;
  readonly rareWeight?: number;
  readonly effort?: Effort;
  /** Replace those of the effort. */
  readonly epochs?: number;
  readonly autoencoderEpochs?: number;
  readonly batch?: number;
  readonly learningRate?: number;
  readonly threshold?: number;
  /** Default the preset's. */
  readonly act?: Act | 'choose';
  readonly labelRule: LabelRule;
  readonly labelLeadMs: number;
  readonly windows?: 'study' | 'within-fights';
  readonly horizon: number;
  readonly split: SplitUnit;
  readonly validation: number;
  readonly test: number;
  readonly seed?: number;
  readonly storage: 'float32' | 'float16';
  readonly engine: EngineName;
  readonly deterministic?: boolean;
  readonly work?: string;
  readonly resume?: boolean;
  readonly json?: boolean;
}

/** How `train` judges the ways to act by playing. */
export interface JudgeOptions {
  /** A game file. */
  readonly judgeBy?: string;
  /** Of each way. */
  readonly judgeFights?: number;
  readonly allowLaunch?: boolean;
}

/** The command line as it was typed, for the record of what it made. */
export const typedCommand = (): string => `understudy ${process.argv.slice(2).join(' ')}`;

/**
 * The training that the options ask for. @throws UnderstudyError `bad-option` for options that contradict each other
 */
export function trainRequest(sessions: readonly string[], options: TrainVerbOptions): TrainRequest {
  const { out, preset, labelRule, labelLeadMs, split: by, validation, test, storage, engine } = options;
  const settings = settingsOf(options);
  const pictures = askedPictures(options);
  if (options.encoder !== undefined && (pictures.crop ?? pictures.size) !== null) {
    throw badOption(
      '--encoder takes pictures of the size and the crop that its bundle was trained with.',
      'Leave --picture and --game out.',
    );
  }
  return {
    sessions,
    out,
    work: options.work ?? `${resolve(out)}.work`,
    encoder: options.encoder ?? null,
    preset,
    settings,
    pictures,
    reading: readingOptions(options),
    labelRule,
    labelLeadMs,
    split: { by, seed: settings.head.seed, validation, test },
    storage,
    engine,
    deterministic: options.deterministic ?? false,
    resume: options.resume ?? false,
    command: typedCommand(),
  };
}

/** A game file without a crop means the whole window, as it does to `record`. @throws UnderstudyError as readGameFile */
export function askedPictures({ game, picture = null }: Pick<TrainVerbOptions, 'game' | 'picture'>): AskedPictures {
  const file = gameFileOf(given({ game }));
  return { crop: file && (file.crop ?? WHOLE_WINDOW), size: picture };
}

/**
 * The preset's settings, changed where an option was given.
 *
 * @throws UnderstudyError `bad-option` for options that contradict each other
 */
export function settingsOf(options: TrainVerbOptions): TrainSettings {
  const { preset, autoencoder = 'advanced', latent, head, seed, effort } = options;
  const base = presetSettings({ preset, autoencoder, latentSize: latent, head, ...given({ seed, effort }) });
  const { together } = methodOf(options, base);
  const { windows } = options;
  const acrossFights = windows === undefined ? undefined : windows === 'study';
  const common = given({ batchSize: options.batch, learningRate: options.learningRate });
  return {
    together: together && {
      ...together,
      ...given({ epochs: options.epochs, channels: options.channels, learningRate: options.learningRate }),
      ...(options.batch === undefined ? {} : { batchSize: Math.ceil(options.batch / together.chunkLength) }),
    },
    autoencoder: {
      ...base.autoencoder,
      ...common,
      ...given({ epochs: options.autoencoderEpochs, channels: options.channels }),
    },
    head: {
      ...base.head,
      ...common,
      loss: lossOf(options, base),
      horizon: options.horizon,
      ...given({ epochs: options.epochs, units: options.units, rareWeight: options.rareWeight, acrossFights }),
    },
    act: options.act ?? base.act,
    ...given({ threshold: options.threshold ?? base.threshold ?? undefined }),
  };
}

/** @throws UnderstudyError `bad-option` for options of the other method */
function methodOf(options: TrainVerbOptions, base: PresetSettings): Pick<PresetSettings, 'together'> {
  const { method, autoencoder, autoencoderEpochs, encoder, windows, preset } = options;
  const ofAutoencoder = autoencoder !== undefined || autoencoderEpochs !== undefined || windows === 'study';
  if (encoder !== undefined || (method ?? (ofAutoencoder ? 'autoencoder' : null)) === 'autoencoder')
    return { together: null };
  if (method === undefined) return base;
  if (ofAutoencoder) {
    throw badOption(
      '--method together has no autoencoder, and its windows lie within fights.',
      'Leave --autoencoder, --autoencoder-epochs and --windows study out, or give --method autoencoder.',
    );
  }
  if (base.together === null) {
    throw badOption(`--preset ${preset} has no settings for --method together.`, 'Leave one of the two out.');
  }
  return base;
}

function lossOf({ loss, gamma, alpha }: TrainVerbOptions, base: PresetSettings): LossSpec {
  const kind = loss ?? base.head.loss.kind;
  if (kind === 'focal') {
    const preset = base.head.loss.kind === 'focal' ? base.head.loss : STUDY_FOCAL;
    return { ...preset, ...given({ gamma, alpha }) };
  }
  if (gamma === undefined && alpha === undefined) return { kind };
  throw badOption(
    '--gamma and --alpha belong to the focal loss; this training has binary cross-entropy.',
    'Give --loss focal with them, or leave them out.',
  );
}
