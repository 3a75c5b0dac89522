/**
 * Made-up fights with a known score: each fight has its own skill, as real fights have, and the score of endless
 * fights is known because the chances of every outcome are.
 */
import { LabelMatrix } from '../../src/core/label-matrix.js';
import type { Random } from '../../src/core/random.js';
import { STUDY_ACTIONS } from '../../src/core/study-actions.js';

/** Share of frames in which each action is held, and the mean share of them that is predicted. */
const HELD = 0.3;
const MEAN_RECALL = 0.7;
/** Of the frames without the action, how many are predicted all the same. */
const FALSE_ALARMS = 0.1;
/** Fights differ: their recall is uniform within this of the mean. */
const RECALL_SPREAD = 0.25;

/** F1 of every action over endless fights. */
export const KNOWN_F1 = (2 * HELD * MEAN_RECALL) / (HELD * MEAN_RECALL + (1 - HELD) * FALSE_ALARMS + HELD);
/** Share of cells that agree over endless fights. */
export const KNOWN_BINARY_ACCURACY = HELD * MEAN_RECALL + (1 - HELD) * (1 - FALSE_ALARMS);

export interface SyntheticFights {
  readonly labels: LabelMatrix;
  readonly predictions: LabelMatrix;
  readonly fightOf: Int32Array;
}

/** Fights of 20 to 60 frames. */
export function syntheticFights(random: Random, fights: number): SyntheticFights {
  const labels: number[] = [];
  const predictions: number[] = [];
  const fightOf: number[] = [];
  for (let fight = 0; fight < fights; fight += 1) {
    const frames = random.integer(20, 60);
    const recall = random.uniform(MEAN_RECALL - RECALL_SPREAD, MEAN_RECALL + RECALL_SPREAD);
    for (let cell = 0; cell < frames * STUDY_ACTIONS.count; cell += 1) {
      const held = random.next() < HELD;
      labels.push(held ? 1 : 0);
      predictions.push(random.next() < (held ? recall : FALSE_ALARMS) ? 1 : 0);
    }
    for (let frame = 0; frame < frames; frame += 1) fightOf.push(fight);
  }
  return {
    labels: new LabelMatrix(STUDY_ACTIONS, Uint8Array.from(labels)),
    predictions: new LabelMatrix(STUDY_ACTIONS, Uint8Array.from(predictions)),
    fightOf: Int32Array.from(fightOf),
  };
}
