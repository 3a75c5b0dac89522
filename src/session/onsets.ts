/**
 * Onsets: the frames at which an action changes from released to held, and how well predicted onsets meet the human's. A
 * prediction that always holds a key has no onset, so it scores 0 here.
 */
import type { LabelMatrix } from '../core/label-matrix.js';

/**
 * Frame indices (0-based, ascending) of the 0 -> 1 steps of one action between two frames of one fight. A key held at
 * the first frame of a fight is not an onset.
 *
 * @param action its index in the labels' actions
 * @param fightOf [n] number of the fight of each frame; a step across a border is not an onset. Default: one fight
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
