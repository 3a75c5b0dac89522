/**
 * How well presses match the human's, at several tolerances, and how early or late they come. Works on label matrices;
 * a model that never releases a key makes no presses and scores nothing.
 */
import type { LabelMatrix } from '../core/label-matrix.js';
import { matchOnsets, onsetsOf } from '../session/onsets.js';
import { fromCounts, PRESS_TOLERANCE, type PrecisionRecallF1 } from './scores.js';

/** Tolerances of a score, in frames: the frame itself, and up to one or two frames off. */
export const ONSET_TOLERANCES = [0, 1, PRESS_TOLERANCE] as const;

/** How far apart a press and its partner may be in the histogram of leads and lags, in frames: half a second at 10 Hz. */
const LEAD_LAG_REACH = 5;

export interface OnsetMatch extends PrecisionRecallF1 {
  readonly toleranceFrames: number;
  readonly matched: number;
}

/** Presses of one action, or of all of them together. */
export interface OnsetScore {
  readonly human: number;
  readonly predicted: number;
  /** One for each of {@link ONSET_TOLERANCES}. */
  readonly within: readonly OnsetMatch[];
  /** Predicted minus human time of the presses matched within the largest tolerance; null without any. */
  readonly lagMs: { readonly median: number; readonly mean: number; readonly n: number } | null;
  /** Presses matched within `reachFrames`, by how many frames late (below 0: early) the prediction is. */
  readonly leadLag: readonly { readonly frames: number; readonly ms: number; readonly presses: number }[];
}

export interface OnsetScores {
  readonly perAction: Readonly<Record<string, OnsetScore>>;
  readonly all: OnsetScore;
}

export interface OnsetScoreOptions {
  readonly rateHz: number;
  /** [n] the fight of each frame; no press is matched across a fight's borders. */
  readonly fightOf?: ArrayLike<number>;
}

interface Presses {
  readonly human: number;
  readonly predicted: number;
  /** Lags in frames of the matched presses, one list a tolerance. */
  readonly lags: readonly (readonly number[])[];
  readonly widely: readonly number[];
}

function pressesOf(labels: LabelMatrix, predictions: LabelMatrix, action: number, options: OnsetScoreOptions): Presses {
  const human = onsetsOf(labels, action, options.fightOf);
  const predicted = onsetsOf(predictions, action, options.fightOf);
  const within = (tolerance: number): number[] =>
    matchOnsets(human, predicted, tolerance, options.fightOf).map(([at, met]) => met - at);
  return {
    human: human.length,
    predicted: predicted.length,
    lags: ONSET_TOLERANCES.map(within),
    widely: within(LEAD_LAG_REACH),
  };
}

function together(presses: readonly Presses[]): Presses {
  return {
    human: presses.reduce((sum, { human }) => sum + human, 0),
    predicted: presses.reduce((sum, { predicted }) => sum + predicted, 0),
    lags: ONSET_TOLERANCES.map((_, place) => presses.flatMap(({ lags }) => lags[place])),
    widely: presses.flatMap(({ widely }) => widely),
  };
}

function lagOf(lags: readonly number[], rateHz: number): OnsetScore['lagMs'] {
  if (lags.length === 0) return null;
  const sorted = [...lags].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const median = sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  const mean = sorted.reduce((sum, lag) => sum + lag, 0) / sorted.length;
  const toMs = 1000 / rateHz;
  return { median: median * toMs, mean: mean * toMs, n: sorted.length };
}

function scoreOf({ human, predicted, lags, widely }: Presses, rateHz: number): OnsetScore {
  const within = ONSET_TOLERANCES.map((toleranceFrames, place) => {
    const matched = lags[place].length;
    return { toleranceFrames, matched, ...fromCounts({ truePositives: matched, predicted, actual: human }) };
  });
  const leadLag = Array.from({ length: 2 * LEAD_LAG_REACH + 1 }, (_, place) => {
    const frames = place - LEAD_LAG_REACH;
    return { frames, ms: (frames * 1000) / rateHz, presses: widely.filter((lag) => lag === frames).length };
  });
  return { human, predicted, within, lagMs: lagOf(lags.at(-1)!, rateHz), leadLag };
}

/**
 * Scores the presses of n frames.
 *
 * @param labels what the human held
 * @param predictions of the same frames
 */
export function scoreOnsets(labels: LabelMatrix, predictions: LabelMatrix, options: OnsetScoreOptions): OnsetScores {
  const { names } = labels.actions;
  const presses = names.map((_, action) => pressesOf(labels, predictions, action, options));
  return {
    perAction: Object.fromEntries(names.map((action, i) => [action, scoreOf(presses[i], options.rateHz)])),
    all: scoreOf(together(presses), options.rateHz),
  };
}
