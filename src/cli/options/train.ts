/** What the command line of `train` says, as Commander hands it over. */
import type { LabelRule } from '../../session/labels.js';
import type { SplitUnit } from '../../session/splits.js';
import type { EngineName } from '../../training/engine.js';
import type { Preset } from '../../training/presets.js';
import type { ReadingOptions } from './session.js';

export interface TrainVerbOptions extends ReadingOptions {
  readonly out: string;
  readonly preset: Preset;
  readonly autoencoder: 'advanced' | 'baseline';
  readonly latent: number;
  /** A bundle whose encoder is taken as it is. */
  readonly encoder?: string;
  readonly channels?: readonly number[];
  readonly head: 'gru' | 'lstm';
  readonly units?: readonly number[];
  readonly loss?: 'bce' | 'focal';
  readonly gamma?: number;
  readonly alpha?: number;
  readonly rareWeight?: number;
  readonly epochs?: number;
  readonly autoencoderEpochs?: number;
  readonly batch?: number;
  readonly learningRate?: number;
  readonly threshold?: number;
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
