/**
 * What an overlay video shows, frame by frame: one track of held actions a column, the first what was really pressed.
 * Plain arrays for the whole video: 5 bytes, and 4 more an action, for each frame of a track. Drawing must not depend on
 * where they come from.
 */
import { isHeld, type ActionSet, type HeldActions } from '../../core/action-set.js';
import type { ProbabilityMatrix } from '../../core/probability-matrix.js';
import type { TickOutcome } from '../../core/tick-report.js';

/** One column of lamps, and one band of each row of the timeline. */
export interface Track {
  /** The column's title. */
  readonly name: string;
  /** The actions that it can name. */
  readonly known: HeldActions;
  /** [N] held actions at each frame; what a model would hold *there*, not what it decided on there. */
  readonly held: Uint32Array;
  /** [N] 1 where it has an answer, 0 where it has none since its window was not full yet. */
  readonly answered: Uint8Array;
  /** [N, K] what `held` was decided from; null where the column is not a model's. */
  readonly probabilities: ProbabilityMatrix | null;
}

/** What became of each tick of a live run; `missed` ticks never ran. */
export type FrameOutcome = TickOutcome | 'missed';

/** All that is drawn beside and below N pictures. */
export interface OverlayScript {
  /** What every track is about: K rows, in their order. */
  readonly actions: ActionSet;
  /** N */
  readonly frames: number;
  /** Of the recording, where this is a part of it: the frame's number that is shown counts from here. Default 0. */
  readonly firstFrame?: number;
  readonly rateHz: number;
  /** [N] seconds since the recording's first frame. */
  readonly seconds: Float64Array;
  /** [N] 0-based fight, or -1. */
  readonly fights: Int32Array;
  /** What was pressed: by a person, or by the agent in a live run. */
  readonly pressed: Track;
  /** Models, in the order of their columns. */
  readonly models: readonly Track[];
  /** [N] of a live run; null for a recorded session. */
  readonly outcomes: readonly FrameOutcome[] | null;
}

/** How one action of one track looks at one frame. */
export type CellState = 'none' | 'off' | 'on' | 'off-differs' | 'on-differs';

/** @param against what was pressed; null for that track itself, which is never marked as different */
export function cellState(track: Track, against: Track | null, frame: number, action: number): CellState {
  if (track.answered[frame] === 0 || !isHeld(track.known, action)) return 'none';
  const held = isHeld(track.held[frame], action);
  const differs = against !== null && against.answered[frame] === 1 && isHeld(against.held[frame], action) !== held;
  if (held) return differs ? 'on-differs' : 'on';
  return differs ? 'off-differs' : 'off';
}

/** The frames at which a model has an answer, and the share of their actions at which it is what was pressed. */
export function agreement(
  actions: ActionSet,
  model: Track,
  pressed: Track,
): { readonly frames: number; readonly share: number | null } {
  let frames = 0;
  let cells = 0;
  let equal = 0;
  for (let frame = 0; frame < model.answered.length; frame += 1) {
    if (model.answered[frame] === 0) continue;
    frames += 1;
    for (let action = 0; action < actions.count; action += 1) {
      const state = cellState(model, pressed, frame, action);
      if (state === 'none') continue;
      cells += 1;
      if (state === 'on' || state === 'off') equal += 1;
    }
  }
  return { frames, share: cells === 0 ? null : equal / cells };
}
