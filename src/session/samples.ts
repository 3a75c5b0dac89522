/**
 * Which frames form each training window, as indices of the frames inside fights. Never copies pictures or latents.
 */
import type { LabelMatrix } from '../core/label-matrix.js';

/** T, frames in a window (write-up, 2.3: SEQUENCE_LENGTH). */
export const WINDOW_LENGTH = 10;

export interface SampleOptions {
  /** T, frames in a window. Default 10. */
  readonly length?: number;
  /** Frames from a window's last picture to the frame whose label it predicts. Default 1, as in the study's code. */
  readonly horizon?: number;
  /** Allow windows that reach from one fight into the next, as in the study. Default false. */
  readonly acrossFights?: boolean;
}

/** Window w consists of the frames first[w] .. first[w] + length - 1 and predicts the label of frame target[w]. */
export interface Windows {
  readonly count: number;
  readonly length: number;
  readonly horizon: number;
  /** [count] position of the first frame */
  readonly first: Int32Array;
  /** [count] position of the labelled frame */
  readonly target: Int32Array;
  /** [count] 1 where a rare action of the set is held in any frame from the first to the target, both included. */
  readonly rare: Uint8Array;
  readonly rareCount: number;
}

/**
 * The windows over consecutive frames.
 *
 * @param fights [N] the fight of each frame; different numbers for the fights of different sessions
 * @param labels [N, K]; their action set says which actions are rare
 */
export function makeWindows(fights: Int32Array, labels: LabelMatrix, options: SampleOptions = {}): Windows {
  const length = options.length ?? WINDOW_LENGTH;
  const horizon = options.horizon ?? 1;
  const span = length - 1 + horizon; // from the first frame to the target
  const rareUpTo = countRare(labels);
  const first: number[] = [];
  const rare: number[] = [];
  for (let start = 0; start + span < fights.length; start += 1) {
    if (!options.acrossFights && fights[start] !== fights[start + span]) continue;
    first.push(start);
    rare.push(rareUpTo[start + span + 1] > rareUpTo[start] ? 1 : 0);
  }
  return {
    count: first.length,
    length,
    horizon,
    first: Int32Array.from(first),
    target: Int32Array.from(first, (start) => start + span),
    rare: Uint8Array.from(rare),
    rareCount: rare.reduce((sum, flag) => sum + flag, 0),
  };
}

/** [N + 1] how many of the first n frames hold a rare action. */
function countRare(labels: LabelMatrix): Int32Array {
  const { rare } = labels.actions;
  const counts = new Int32Array(labels.count + 1);
  for (let frame = 0; frame < labels.count; frame += 1) {
    const isRare = rare.some((action) => labels.at(frame, action) === 1);
    counts[frame + 1] = counts[frame] + (isRare ? 1 : 0);
  }
  return counts;
}
