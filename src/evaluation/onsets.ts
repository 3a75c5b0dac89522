/**
 * Onsets: the frames at which an action goes from released to held, and how well predicted ones meet the human's.
 * Holding a key for ever has no onset, so it scores nothing here.
 */
import { ACTION_COUNT } from '../core/actions.js';

export interface OnsetOptions {
  /** A predicted press within this many frames of the human's is a match. >= 0. */
  readonly toleranceFrames: number;
  /** [n] number of the fight of each frame; a step across a border is no onset. Default: one fight. */
  readonly fightOf?: ArrayLike<number>;
}

/**
 * Frame indices (0-based, ascending) of the 0 -> 1 steps of one action between two frames of one fight. A key held at
 * a fight's first frame is none.
 *
 * @param labels uint8 [n, K]
 * @param action index into ACTIONS
 */
export function onsetsOf(labels: Uint8Array, action: number, fightOf?: ArrayLike<number>): number[] {
  const frames = labels.length / ACTION_COUNT;
  const onsets: number[] = [];
  for (let frame = 1; frame < frames; frame += 1) {
    if (fightOf !== undefined && fightOf[frame] !== fightOf[frame - 1]) continue;
    const before = labels[(frame - 1) * ACTION_COUNT + action];
    if (before === 0 && labels[frame * ACTION_COUNT + action] !== 0) onsets.push(frame);
  }
  return onsets;
}

/**
 * Pairs [human, predicted] of onsets matched one to one within `toleranceFrames`. Both lists ascend, so taking the
 * earliest partner that is still free gives the largest matching (interval scheduling).
 */
export function matchOnsets(
  human: readonly number[],
  predicted: readonly number[],
  toleranceFrames: number,
  fightOf?: ArrayLike<number>,
): [number, number][] {
  const pairs: [number, number][] = [];
  const isSameFight = (a: number, b: number): boolean => fightOf === undefined || fightOf[a] === fightOf[b];
  // too early for this onset and so for all later ones, or of a fight that is over
  const isPast = (candidate: number, at: number): boolean =>
    candidate < at - toleranceFrames || (candidate < at && !isSameFight(candidate, at));
  let next = 0;
  for (const at of human) {
    while (next < predicted.length && isPast(predicted[next], at)) next += 1;
    if (next >= predicted.length) break;
    const candidate = predicted[next];
    if (isSameFight(candidate, at) && candidate <= at + toleranceFrames) {
      pairs.push([at, candidate]);
      next += 1;
    }
  }
  return pairs;
}

/** F1 of matched onsets of one action, 0..1; 0 where neither side has any. */
export function onsetF1(labels: Uint8Array, predictions: Uint8Array, action: number, options: OnsetOptions): number {
  const human = onsetsOf(labels, action, options.fightOf);
  const predicted = onsetsOf(predictions, action, options.fightOf);
  const total = human.length + predicted.length;
  if (total === 0) return 0;
  return (2 * matchOnsets(human, predicted, options.toleranceFrames, options.fightOf).length) / total;
}
