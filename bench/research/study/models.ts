/** The models of the study as trials: its two baselines, its grid of eight, and controls it did not have. */
import type { HeadKind } from '../../../src/policy/onnx/head-graph.js';
import type { LossSpec } from '../../../src/training/losses.js';
import { presetSettings, STUDY_FOCAL } from '../../../src/training/presets.js';
import type { Trial, TrialSource } from '../../../src/training/trial.js';
import type { Scale } from './scales.js';

export type ModelGroup = 'baseline' | 'grid' | 'control';

export interface StudyModel {
  /** `GRU 512`, `baseline LSTM`, `GRU 512, BCE` */
  readonly name: string;
  readonly group: ModelGroup;
  /** D, or null: the baseline's map. */
  readonly latent: number | null;
  readonly head: HeadKind;
  readonly loss: LossSpec;
  readonly trial: Trial;
}

/** The map of the study's first autoencoder, 9 x 16 x 128. */
const BASELINE_LATENT = 18_432;
/** Where the study found its best model, and where the controls stand. */
const CONTROL_LATENT = 512;

interface Wanted {
  readonly latent: number | null;
  readonly head: HeadKind;
  /** Instead of the preset's loss. */
  readonly loss?: LossSpec;
}

function trialOf({ latent, head, loss }: Wanted, scale: Scale, source: TrialSource, dataSha256: string): Trial {
  const isBaseline = latent === null;
  const kind = isBaseline ? 'baseline' : 'advanced';
  const base = presetSettings({ preset: 'study', autoencoder: kind, latentSize: latent ?? BASELINE_LATENT, head });
  const headEpochs = isBaseline ? scale.baselineHeadEpochs : scale.headEpochs;
  const isBce = (loss ?? base.head.loss).kind === 'bce';
  const faster = scale.learningRate === undefined ? {} : { learningRate: scale.learningRate };
  return {
    ...{ version: 1, source, dataSha256 },
    autoencoder: {
      ...base.autoencoder,
      ...faster,
      ...(scale.encoderEpochs === null ? {} : { epochs: scale.encoderEpochs }),
      ...(scale.channels === undefined ? {} : { channels: scale.channels }),
      // with Keras' default, autoencoders of dark pictures collapse to black and stay there
      outputBias: 'mean-pixel',
    },
    head: {
      ...base.head,
      ...faster,
      ...(loss === undefined ? {} : { loss }),
      // the study's cross-entropy has no weights
      ...(isBce ? { rareWeight: 1 } : {}),
      ...(headEpochs === null ? {} : { epochs: headEpochs }),
      ...(scale.units === undefined ? {} : { units: scale.units }),
    },
    threshold: base.threshold,
    storage: 'float32',
  };
}

function nameOf({ latent, head, loss }: Wanted): string {
  const cell = head.toUpperCase();
  if (latent === null) return `baseline ${cell}`;
  const suffix = loss === undefined ? '' : loss.kind === 'bce' ? ', BCE' : `, alpha ${loss.alpha}`;
  return `${cell} ${latent}${suffix}`;
}

/**
 * All models, those of one encoder next to each other; first what says most, should there be no time for all: the
 * study's best size with its controls, then the baselines, then the other sizes.
 */
export function studyModels(scale: Scale, source: TrialSource, dataSha256: string): StudyModel[] {
  const control = scale.latents.includes(CONTROL_LATENT) ? CONTROL_LATENT : scale.latents[0];
  const cells: readonly HeadKind[] = ['lstm', 'gru'];
  const bce: LossSpec = { kind: 'bce' };
  const gridOf = (latent: number) => cells.map((head) => ({ group: 'grid' as const, latent, head }));
  const wanted: (Wanted & { readonly group: ModelGroup })[] = [
    ...gridOf(control),
    ...cells.map((head) => ({ group: 'control' as const, latent: control, head, loss: bce })),
    ...[0.5, 0.75].map((alpha) => ({
      ...{ group: 'control' as const, latent: control, head: 'gru' as const },
      loss: { ...STUDY_FOCAL, alpha } as LossSpec,
    })),
    ...cells.map((head) => ({ group: 'baseline' as const, latent: null, head })),
    ...scale.latents.filter((latent) => latent !== control).flatMap(gridOf),
  ];
  return wanted.map((model) => {
    const trial = trialOf(model, scale, source, dataSha256);
    const { group, latent, head } = model;
    return { name: nameOf(model), group, latent, head, loss: trial.head.loss, trial };
  });
}
