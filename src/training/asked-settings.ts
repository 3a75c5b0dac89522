/** The settings of a training: a preset's, changed where something else is asked for. */
import { badOption } from '../core/errors.js';
import { given } from '../core/given.js';
import type { Act } from '../policy/act-gate.js';
import type { LossSpec } from './losses.js';
import { presetSettings, STUDY_FOCAL, type Effort, type Preset, type PresetSettings } from './presets.js';
import type { TrainSettings } from './train-sessions.js';

/** Encoder and head at once, on the keys; or first an autoencoder on the pictures, then the head, as in the study. */
export const TRAIN_METHODS = ['together', 'autoencoder'] as const;
export type TrainMethod = (typeof TRAIN_METHODS)[number];

export interface AskedSettings {
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
  readonly windows?: 'study' | 'within-fights';
  readonly horizon: number;
  readonly seed?: number;
}

/**
 * The preset's settings, changed where an option was given.
 *
 * @throws UnderstudyError `bad-option` for options that contradict each other
 */
export function askedSettings(options: AskedSettings): TrainSettings {
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
function methodOf(options: AskedSettings, base: PresetSettings): Pick<PresetSettings, 'together'> {
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

function lossOf({ loss, gamma, alpha }: AskedSettings, base: PresetSettings): LossSpec {
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
