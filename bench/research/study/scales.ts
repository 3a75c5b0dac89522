/** How large a study is. Everything that differs between a quarter of an hour and a night stands here. */
import type { PlayerName } from '../../../src/arena/players/index.js';

export interface Scale {
  readonly name: string;
  /** The player that is cloned. */
  readonly player: PlayerName;
  /** Recorded fights; the study's limit of 9,549 frames is kept by all scales. */
  readonly fights: number;
  /** Of the recorded fights, how many are for validation; there is no test part, see `heldOutFights`. */
  readonly validationFights: number;
  /** Latent sizes of the grid. */
  readonly latents: readonly number[];
  /** Filters and units; absent: the study's. */
  readonly channels?: readonly number[];
  readonly units?: readonly number[];
  /** Absent: the study's 1e-3. */
  readonly learningRate?: number;
  /** Epochs at most; null: the study's (autoencoders 8 and 10, heads 20 and 15). */
  readonly encoderEpochs: number | null;
  readonly headEpochs: number | null;
  readonly baselineHeadEpochs: number | null;
  /** Fights of the expert that no model was trained on, for scores by frame and by phase. */
  readonly heldOutFights: number;
  /** Fights that each model plays itself. */
  readonly playedFights: number;
}

/** The study's training set (write-up, 2.2). */
export const MOST_FRAMES = 9549;

const GRID = [128, 256, 512, 1024] as const;

export const SCALES: Readonly<Record<string, Scale>> = {
  /** For the test of the program itself: proves nothing about the study. */
  tiny: {
    ...{ name: 'tiny', player: 'random', fights: 3, validationFights: 1, latents: [64] },
    ...{ channels: [8, 8, 8], units: [4, 4], learningRate: 5e-3 },
    ...{ encoderEpochs: 12, headEpochs: 2, baselineHeadEpochs: 1, heldOutFights: 1, playedFights: 2 },
  },
  /** At most 20 minutes on 2 quiet cores. */
  small: {
    ...{ name: 'small', player: 'expert', fights: 5, validationFights: 1, latents: GRID },
    ...{ encoderEpochs: 2, headEpochs: 8, baselineHeadEpochs: 3, heldOutFights: 2, playedFights: 4 },
  },
  /** Two hours on 2 quiet cores at most. */
  medium: {
    ...{ name: 'medium', player: 'expert', fights: 9, validationFights: 2, latents: GRID },
    ...{ encoderEpochs: 2, headEpochs: 10, baselineHeadEpochs: 4, heldOutFights: 6, playedFights: 20 },
  },
  /** The study's amount of frames and epochs. */
  full: {
    ...{ name: 'full', player: 'expert', fights: 21, validationFights: 3, latents: GRID },
    ...{ encoderEpochs: null, headEpochs: null, baselineHeadEpochs: null, heldOutFights: 10, playedFights: 100 },
  },
};

/** Training fights: the seeds from here on. */
export const FIRST_TRAINING_SEED = 100_000;
/** Fights scored frame by frame. */
export const FIRST_HELD_OUT_SEED = 500_000;
/** Fights that the models play. */
export const FIRST_PLAYED_SEED = 1_000_000;
