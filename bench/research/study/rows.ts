/** The numbers of a study, as its report and its claims take them. */
import type { FightsRow } from '../../../src/evaluation/arena/rows.js';
import type { Scores } from '../../../src/evaluation/scores.js';
import type { AutoencoderRecord } from '../../../src/training/train-autoencoder.js';
import type { LossSpec } from '../../../src/training/losses.js';
import type { TrialResult } from '../../../src/training/trial.js';
import type { ByFrame, ThreatsDrawn } from './measure.js';
import type { ModelGroup } from './models.js';

export interface ModelRow {
  readonly name: string;
  readonly group: ModelGroup;
  /** D; null: the baseline's map. */
  readonly latent: number | null;
  readonly head: 'gru' | 'lstm';
  readonly loss: LossSpec;
  readonly fit: TrialResult['fit'];
  readonly validation: Scores;
  /** Held-out fights frame by frame. */
  readonly byFrame: ByFrame;
  /** Fights that the model played itself; null before the first. */
  readonly played: FightsRow | null;
  /** On the boss, fight by fight in the order of the seeds: all models play the same fights. */
  readonly hits: readonly number[];
  readonly trial: string;
  readonly seconds: number;
}

export interface EncoderRow {
  /** D; null: the baseline's map. */
  readonly latent: number | null;
  readonly record: AutoencoderRecord;
  readonly threats: readonly ThreatsDrawn[];
}

export interface StudyNumbers {
  readonly models: readonly ModelRow[];
  readonly encoders: readonly EncoderRow[];
}
