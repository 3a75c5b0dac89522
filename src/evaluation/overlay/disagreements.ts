/**
 * Where a model disagrees most with what was pressed, and the part of an overlay that shows it. Works on tracks; never
 * reads a picture.
 */
import { isHeld } from '../../core/action-set.js';
import { ProbabilityMatrix } from '../../core/probability-matrix.js';
import type { OverlayScript, Track } from './tracks.js';

/** Disagreement is summed over this time, so that a press one frame early counts little. */
const SUMMED_SECONDS = 1;

export interface Disagreement {
  /** The first frame of its clip. */
  readonly first: number;
  /** The frame after its last. */
  readonly end: number;
  /** Where it is largest. */
  readonly peak: number;
  /** Mean error of the model over the second around the peak, summed over the actions; > 0. */
  readonly size: number;
  /** The actions of that second in which the two differ, the largest first. */
  readonly actions: readonly string[];
}

export interface DisagreementSearch {
  /** Clips at most. */
  readonly most: number;
  /** How long a clip is. */
  readonly seconds: number;
}

/**
 * The largest disagreements of the script's first model, largest first; no frame is in two of them. The disagreement of
 * a frame is a sum over the actions that the model would hold and that were not pressed, or the other way round: of how
 * far the probability was from what was pressed.
 */
export function largestDisagreements(script: OverlayScript, { most, seconds }: DisagreementSearch): Disagreement[] {
  const { frames, rateHz } = script;
  const length = Math.max(1, Math.round(seconds * rateHz));
  const half = Math.max(0, Math.round((SUMMED_SECONDS * rateHz - 1) / 2));
  const wrong = wrongBy(script);
  const sums = sumsAround(wrong, half);
  const free = new Uint8Array(frames).fill(1);
  const found: Disagreement[] = [];
  while (found.length < most) {
    let peak = -1;
    for (let frame = 0; frame < frames; frame += 1) {
      if (free[frame] === 1 && sums[frame] > (peak < 0 ? 0 : sums[peak])) peak = frame;
    }
    if (peak < 0) break;
    const first = Math.max(0, peak - (length >> 1));
    const end = Math.min(frames, peak - (length >> 1) + length);
    free.fill(0, Math.max(0, peak - length + 1), peak + length); // so that no later clip runs into this one
    const [from, to] = [Math.max(0, peak - half), Math.min(frames, peak + half + 1)];
    found.push({ first, end, peak, size: sums[peak] / (2 * half + 1), actions: actionsIn(wrong, from, to) });
  }
  return found;
}

/** The script of the frames from `first` to before `end`; the numbers and times that it shows stay as they were. */
export function partOf(script: OverlayScript, first: number, end: number): OverlayScript {
  const cut = (track: Track): Track => ({
    ...track,
    held: track.held.subarray(first, end),
    answered: track.answered.subarray(first, end),
    probabilities: track.probabilities?.slice(first, end) ?? null,
  });
  return {
    actions: script.actions,
    frames: end - first,
    firstFrame: (script.firstFrame ?? 0) + first,
    rateHz: script.rateHz,
    seconds: script.seconds.subarray(first, end),
    fights: script.fights.subarray(first, end),
    pressed: cut(script.pressed),
    models: script.models.map(cut),
    outcomes: script.outcomes?.slice(first, end) ?? null,
  };
}

/** [N, K] how wrong the model was; 0 where the two agree or one of them has no answer. */
function wrongBy({ actions, frames, models: [model], pressed }: OverlayScript): ProbabilityMatrix {
  const wrong = ProbabilityMatrix.zeros(actions, frames);
  for (let frame = 0; frame < frames; frame += 1) {
    if (model.answered[frame] === 0 || pressed.answered[frame] === 0) continue;
    for (let action = 0; action < actions.count; action += 1) {
      const truth = isHeld(pressed.held[frame], action);
      if (!isHeld(model.known, action) || isHeld(model.held[frame], action) === truth) continue;
      const probability = model.probabilities?.at(frame, action) ?? (truth ? 0 : 1);
      wrong.set(frame, action, Math.abs(probability - (truth ? 1 : 0)));
    }
  }
  return wrong;
}

/** [N] sums over all actions and `half` frames to both sides. */
function sumsAround(wrong: ProbabilityMatrix, half: number): Float64Array {
  const frames = wrong.count;
  const upTo = new Float64Array(frames + 1);
  for (let frame = 0; frame < frames; frame += 1) {
    const sum = wrong.row(frame).reduce((total, size) => total + size, 0);
    upTo[frame + 1] = upTo[frame] + sum;
  }
  return Float64Array.from(
    { length: frames },
    (_, frame) => upTo[Math.min(frames, frame + half + 1)] - upTo[Math.max(0, frame - half)],
  );
}

function actionsIn(wrong: ProbabilityMatrix, from: number, to: number): string[] {
  const { names } = wrong.actions;
  const sums = names.map((_, action) => {
    let sum = 0;
    for (let frame = from; frame < to; frame += 1) sum += wrong.at(frame, action);
    return sum;
  });
  return names.filter((_, action) => sums[action] > 0).sort((a, b) => sums[names.indexOf(b)] - sums[names.indexOf(a)]);
}
