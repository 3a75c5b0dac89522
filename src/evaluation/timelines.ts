/** Who held what when, fight by fight, as runs of frames: what the timelines are drawn from. */
import { ACTIONS, ACTION_COUNT, type ActionName } from '../core/actions.js';
import type { Dataset } from '../session/dataset.js';
import type { Split } from './split.js';

/** Frames [first, end) of a fight, counted from the fight's first frame in the log. */
export type Run = readonly [first: number, end: number];

export type Runs = Readonly<Record<ActionName, readonly Run[]>>;

export interface Timeline {
  readonly session: string;
  /** Number among the fights of all sessions. */
  readonly fight: number;
  /** Frames of the fight that are predicted: [first, end). */
  readonly predicted: Run;
  readonly human: Runs;
  readonly models: readonly { readonly name: string; readonly held: Runs }[];
}

/** The rows that are scored, and where they come from. */
interface Scored {
  readonly rows: Int32Array;
  readonly labels: Uint8Array;
  readonly fightOf: Int32Array;
  readonly split: Split;
  readonly dataset: Dataset;
}

/**
 * Timelines of the first `most` scored fights.
 *
 * @param models what each holds, [rows, K]
 */
export function timelinesOf(
  { rows, labels, fightOf, split, dataset }: Scored,
  models: readonly { readonly name: string; readonly held: Uint8Array }[],
  most: number,
): readonly Timeline[] {
  const fights = [...new Set(fightOf)].slice(0, most);
  return fights.map((fight) => {
    const first = fightOf.indexOf(fight);
    const end = fightOf.lastIndexOf(fight) + 1;
    const start = dataset.fights.indexOf(fight);
    const frames = rows.subarray(first, end).map((row) => row - start);
    const part = (table: Uint8Array): Uint8Array => table.subarray(first * ACTION_COUNT, end * ACTION_COUNT);
    return {
      session: split.fights.find((one) => one.fight === fight)!.session,
      fight,
      predicted: [frames[0], frames[frames.length - 1] + 1],
      human: runsOf(part(labels), frames),
      models: models.map(({ name, held }) => ({ name, held: runsOf(part(held), frames) })),
    };
  });
}

/** @param frames ascending; a gap ends a run */
function runsOf(table: Uint8Array, frames: Int32Array): Runs {
  const runs = ACTIONS.map((action, k) => {
    const found: [number, number][] = [];
    frames.forEach((frame, row) => {
      if (table[row * ACTION_COUNT + k] === 0) return;
      const last = found.at(-1);
      if (last !== undefined && last[1] === frame) last[1] = frame + 1;
      else found.push([frame, frame + 1]);
    });
    return [action, found] as const;
  });
  return Object.fromEntries(runs);
}
