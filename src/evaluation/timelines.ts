/** What the human and the models held, fight by fight, as runs of frames: the data of the timelines. */
import type { LabelMatrix } from '../core/label-matrix.js';
import type { Dataset } from '../session/dataset.js';
import type { Split } from './split.js';

/** Frames [first, end) of a fight, counted from the fight's first frame in the log. */
export type Run = readonly [first: number, end: number];

export type Runs = Readonly<Record<string, readonly Run[]>>;

export interface Timeline {
  readonly session: string;
  /** Number among the fights of all sessions. */
  readonly fight: number;
  /** Frames of the fight that are predicted: [first, end). */
  readonly predicted: Run;
  readonly human: Runs;
  readonly models: readonly { readonly name: string; readonly held: Runs }[];
}

/** The scored rows, and where they come from. */
interface Scored {
  readonly rows: Int32Array;
  readonly labels: LabelMatrix;
  readonly fightOf: Int32Array;
  readonly split: Split;
  readonly dataset: Dataset;
}

/**
 * Timelines of the first `most` scored fights.
 *
 * @param models what each holds at the scored rows
 */
export function timelinesOf(
  { rows, labels, fightOf, split, dataset }: Scored,
  models: readonly { readonly name: string; readonly held: LabelMatrix }[],
  most: number,
): readonly Timeline[] {
  const fights = [...new Set(fightOf)].slice(0, most);
  return fights.map((fight) => {
    const first = fightOf.indexOf(fight);
    const end = fightOf.lastIndexOf(fight) + 1;
    const start = dataset.fights.indexOf(fight);
    const frames = rows.subarray(first, end).map((row) => row - start);
    return {
      session: split.fights.find((one) => one.fight === fight)!.session,
      fight,
      predicted: [frames[0], frames[frames.length - 1] + 1],
      human: runsOf(labels.slice(first, end), frames),
      models: models.map(({ name, held }) => ({ name, held: runsOf(held.slice(first, end), frames) })),
    };
  });
}

/** @param frames ascending; a gap ends a run */
function runsOf(labels: LabelMatrix, frames: Int32Array): Runs {
  const runs = labels.actions.names.map((action, k) => {
    const found: [first: number, end: number][] = [];
    frames.forEach((frame, row) => {
      if (labels.at(row, k) === 0) return;
      const last = found.at(-1);
      if (last !== undefined && last[1] === frame) last[1] = frame + 1;
      else found.push([frame, frame + 1]);
    });
    return [action, found] as const;
  });
  return Object.fromEntries(runs);
}
