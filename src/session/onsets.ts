/**
 * Onsets: the frames at which an action changes from released to held, and how well predicted onsets meet the human's. A
 * prediction that always holds a key has no onset, so it scores 0 here.
 */
import type { LabelMatrix } from '../core/label-matrix.js';

export interface OnsetOptions {
  /** A predicted press within this many frames of the human's is a match. >= 0. */
  readonly toleranceFrames: number;
  /** [n] the fight of each frame; a step from one fight to the next is not an onset. Default: one fight. */
  readonly fightOf?: ArrayLike<number>;
}

/**
 * Frame indices (0-based, ascending) of the 0 -> 1 steps of one action between two frames of one fight. A key held at
 * the first frame of a fight is not an onset.
 *
 * @param action its index in the labels' actions
 */
export function onsetsOf(labels: LabelMatrix, action: number, fightOf?: ArrayLike<number>): number[] {
  const onsets: number[] = [];
  for (let frame = 1; frame < labels.count; frame += 1) {
    if (fightOf !== undefined && fightOf[frame] !== fightOf[frame - 1]) continue;
    if (labels.at(frame - 1, action) === 0 && labels.at(frame, action) !== 0) onsets.push(frame);
  }
  return onsets;
}

/** What one match is worth: more than any sum of distances. */
const MATCH = 2 ** 31;

/**
 * Pairs [human, predicted] of onsets, matched one to one within `toleranceFrames`: as many as possible, and among these
 * matchings the one with the least distance in time, so that the pairing does not invent leads and lags. The pairs of such
 * a matching do not cross, so that each human onset needs to try only the few candidates within its tolerance.
 *
 * @param human ascending frame indices
 * @param predicted ascending frame indices
 */
export function matchOnsets(
  human: readonly number[],
  predicted: readonly number[],
  toleranceFrames: number,
  fightOf?: ArrayLike<number>,
): [number, number][] {
  const reach = reachOf(human, predicted, toleranceFrames, fightOf);
  // best[i][j - from]: worth of the best matching of human[i..] with predicted[j..]
  const best: Float64Array[] = [];
  const worth = (i: number, j: number): number =>
    i >= human.length ? 0 : best[i][Math.max(j, reach[i].from) - reach[i].from];
  const paired = (i: number, j: number): number => MATCH - Math.abs(human[i] - predicted[j]) + worth(i + 1, j + 1);
  for (let i = human.length - 1; i >= 0; i -= 1) {
    const { from, to } = reach[i];
    const row = new Float64Array(to - from + 1);
    row[to - from] = worth(i + 1, to);
    for (let j = to - 1; j >= from; j -= 1) {
      row[j - from] = Math.max(paired(i, j), worth(i + 1, j), row[j + 1 - from]);
    }
    best[i] = row;
  }
  const pairs: [number, number][] = [];
  let j = 0;
  for (let i = 0; i < human.length; i += 1) {
    j = Math.max(j, reach[i].from);
    // of equally good partners the earliest
    while (j < reach[i].to && worth(i, j) !== paired(i, j) && worth(i, j) === worth(i, j + 1)) j += 1;
    if (j < reach[i].to && worth(i, j) === paired(i, j)) {
      pairs.push([human[i], predicted[j]]);
      j += 1;
    }
  }
  return pairs;
}

/** For each human onset, the range [from, to) of predicted onsets within the tolerance and in the same fight. */
function reachOf(
  human: readonly number[],
  predicted: readonly number[],
  toleranceFrames: number,
  fightOf?: ArrayLike<number>,
): { readonly from: number; readonly to: number }[] {
  const isSameFight = (a: number, b: number): boolean => fightOf === undefined || fightOf[a] === fightOf[b];
  let from = 0;
  let to = 0;
  return human.map((at) => {
    const isPast = (candidate: number): boolean =>
      candidate < at - toleranceFrames || (candidate < at && !isSameFight(candidate, at));
    while (from < predicted.length && isPast(predicted[from])) from += 1;
    to = Math.max(to, from);
    while (to < predicted.length && predicted[to] <= at + toleranceFrames && isSameFight(predicted[to], at)) to += 1;
    return { from, to };
  });
}

/** Onsets of one action, by the human and predicted, and how many of them were matched. */
export interface OnsetCounts {
  readonly human: number;
  readonly predicted: number;
  readonly matched: number;
}

function countOnsets(
  labels: LabelMatrix,
  predictions: LabelMatrix,
  action: number,
  options: OnsetOptions,
): OnsetCounts {
  const human = onsetsOf(labels, action, options.fightOf);
  const predicted = onsetsOf(predictions, action, options.fightOf);
  const matched = matchOnsets(human, predicted, options.toleranceFrames, options.fightOf).length;
  return { human: human.length, predicted: predicted.length, matched };
}

const f1Of = ({ human, predicted, matched }: OnsetCounts): number =>
  human + predicted === 0 ? 0 : (2 * matched) / (human + predicted);

/** F1 of the matched onsets of one action, 0..1; 0 where there is no onset on either side. */
export function onsetF1(labels: LabelMatrix, predictions: LabelMatrix, action: number, options: OnsetOptions): number {
  return f1Of(countOnsets(labels, predictions, action, options));
}

/** The same over the onsets of all actions together. */
export function onsetF1OfAll(labels: LabelMatrix, predictions: LabelMatrix, options: OnsetOptions): number {
  const sum = { human: 0, predicted: 0, matched: 0 };
  for (let action = 0; action < labels.actions.count; action += 1) {
    const counts = countOnsets(labels, predictions, action, options);
    sum.human += counts.human;
    sum.predicted += counts.predicted;
    sum.matched += counts.matched;
  }
  return f1Of(sum);
}
