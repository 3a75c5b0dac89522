/** From the options of `train` to the settings of a training: the preset's, changed where an option was given. */
import { UnderstudyError } from '../../core/errors.js';
import { given } from '../../core/given.js';
import { presetSettings, STUDY_FOCAL, type PresetSettings } from '../../training/presets.js';
import type { LossSpec } from '../../training/losses.js';
import type { TrainOptions } from '../../training/train.js';
import type { TrainVerbOptions } from '../options/train.js';

type Settings = Pick<TrainOptions, 'autoencoder' | 'head'> & { readonly threshold?: number };

/**
 * Settings of a training.
 *
 * @throws UnderstudyError `bad-option` for options that contradict each other
 */
export function settingsOf(options: TrainVerbOptions): Settings {
  const { preset, autoencoder, latent, head, seed } = options;
  const base = presetSettings({
    ...{ preset, autoencoder, latentSize: latent, head },
    ...(seed === undefined ? {} : { seed }),
  });
  const threshold = options.threshold ?? base.threshold;
  const common = given({ batchSize: options.batch, learningRate: options.learningRate });
  return {
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
      ...given({ epochs: options.epochs, units: options.units, rareWeight: options.rareWeight }),
      ...(options.windows === undefined ? {} : { acrossFights: options.windows === 'study' }),
    },
    ...(threshold === null ? {} : { threshold }),
  };
}

function lossOf({ loss, gamma, alpha }: TrainVerbOptions, base: PresetSettings): LossSpec {
  const kind = loss ?? base.head.loss.kind;
  if (kind === 'focal') {
    const preset = base.head.loss.kind === 'focal' ? base.head.loss : STUDY_FOCAL;
    return { ...preset, ...given({ gamma, alpha }) };
  }
  if (gamma === undefined && alpha === undefined) return { kind };
  throw new UnderstudyError({
    kind: 'usage',
    code: 'bad-option',
    message: '--gamma and --alpha belong to the focal loss; this training has binary cross-entropy.',
    next: 'Give --loss focal with them, or leave them out.',
  });
}
