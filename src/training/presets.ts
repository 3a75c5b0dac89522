/** Default settings of a training: the study's, and this program's own. */
import type { AutoencoderTraining } from './train-autoencoder.js';
import type { HeadTraining } from './train-head.js';
import type { TogetherTraining } from './train-together.js';
import type { LossSpec } from './losses.js';
import type { Act } from '../policy/act-gate.js';
import type { HeadKind } from '../policy/onnx/head-graph.js';
import type { AutoencoderKind } from './architectures.js';

export type Preset = 'understudy' | 'study';

/** How many of the usual epochs a training runs: time grows alike. */
const EFFORTS = { quick: 0.4, usual: 1, long: 2 } as const;
export type Effort = keyof typeof EFFORTS;
export const EFFORT_NAMES = Object.keys(EFFORTS) as readonly Effort[];

/** The study's focal loss (write-up, 5.1). */
export const STUDY_FOCAL: LossSpec = { kind: 'focal', gamma: 2, alpha: 0.25 };

export interface PresetOptions {
  readonly preset: Preset;
  readonly autoencoder: AutoencoderKind;
  readonly latentSize: number;
  readonly head: HeadKind;
  /** Default `usual`. */
  readonly effort?: Effort;
  /** Default 42 for the study, 1 otherwise. */
  readonly seed?: number;
}

export interface PresetSettings {
  /** Null: the encoder comes from an autoencoder. */
  readonly together: TogetherTraining | null;
  readonly autoencoder: AutoencoderTraining;
  readonly head: HeadTraining;
  /** One press threshold for all actions, or null: tuned on validation fights. */
  readonly threshold: number | null;
  /** How the bundle acts. */
  readonly act: Act | 'choose';
}

/**
 * Settings of a preset. `study`: batch 32, Adam 1e-3; autoencoder 8 epochs, heads 20, patience 3; focal loss, weight 6
 * for windows with JUMP or DASH, scaling the whole batch; windows across fights; threshold 0.5; seed 42; its baseline
 * 10 and 15 epochs of binary cross-entropy without weights and without early stopping. `understudy`: the settings that
 * won the practice fight: output bias at the mean pixel, binary cross-entropy without weights, windows within fights.
 */
export function presetSettings(options: PresetOptions): PresetSettings {
  const isStudy = options.preset === 'study';
  const isBaseline = options.autoencoder === 'baseline';
  const seed = options.seed ?? (isStudy ? 42 : 1);
  const epochs = (usual: number): number => Math.ceil(EFFORTS[options.effort ?? 'usual'] * usual);
  const common = { batchSize: 32, learningRate: 1e-3, patience: isStudy && isBaseline ? null : 3, seed };
  const usesFocal = isStudy && !isBaseline;
  return {
    together: isStudy ? null : togetherSettings(options.latentSize, epochs),
    autoencoder: {
      ...common,
      kind: options.autoencoder,
      latentSize: options.latentSize,
      epochs: epochs(isBaseline ? 10 : 8),
      outputBias: isStudy ? 'zero' : 'mean-pixel',
    },
    head: {
      ...common,
      kind: options.head,
      loss: usesFocal ? STUDY_FOCAL : { kind: 'bce' },
      rareWeight: usesFocal ? 6 : 1,
      weightSemantics: isStudy ? 'batch-wide' : 'per-sample',
      windowLength: 10,
      horizon: 1,
      acrossFights: isStudy,
      epochs: epochs(isStudy && isBaseline ? 15 : 20),
    },
    threshold: isStudy ? 0.5 : null,
    act: isStudy ? 'threshold' : 'choose',
  };
}

/**
 * Encoder and head trained together: the settings that played best on games that this program was not made for
 * (docs/decisions/0016 has what was measured).
 */
function togetherSettings(latentSize: number, epochs: (usual: number) => number): TogetherTraining {
  return {
    latentSize,
    channels: [16, 32, 64],
    chunkLength: 32,
    batchSize: 4,
    epochs: epochs(30),
    learningRate: 1e-3,
    schedule: 'cosine',
    clipNorm: 1,
    inputDropout: 0.3,
    variation: { shiftPx: 3, contrast: 0.15, brightness: 0.06 },
  };
}
