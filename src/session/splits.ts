/**
 * Divides recorded frames into training, validation and test, by whole sessions or whole fights. There is no way to
 * split by frame: neighbours in time are nearly equal, so that training would see the answers of the test.
 */
import { UnderstudyError } from '../core/errors.js';
import { Random } from '../core/random.js';

/** What is never divided between two parts. */
export type SplitUnit = 'session' | 'fight';

export interface SplitOptions {
  readonly by: SplitUnit;
  /** The same seed always gives the same division. */
  readonly seed: number;
  /** Share of the units, 0..1. Default 0.15. */
  readonly validation?: number;
  /** Share of the units, 0..1. Default 0.15. */
  readonly test?: number;
}

/**
 * Assigns each frame to a part.
 *
 * @param units [N] the session or the fight of each frame, as `options.by` says; numbered across all sessions
 * @returns [N] 0 train, 1 validation, 2 test; every part with a share above 0 has at least one unit
 * @throws UnderstudyError `session-invalid` when there are fewer units than parts, `bad-option` for shares that leave
 *   nothing for training
 */
export function splitFrames(units: Int32Array, options: SplitOptions): Uint8Array {
  const shares = [0, options.validation ?? 0.15, options.test ?? 0.15];
  if (!(shares[1] >= 0) || !(shares[2] >= 0) || shares[1] + shares[2] >= 1) {
    throw new UnderstudyError({
      kind: 'usage',
      code: 'bad-option',
      message: `Validation ${shares[1]} and test ${shares[2]} leave nothing to train on.`,
      next: 'Give shares that add up to less than 1, such as 0.15 and 0.15.',
    });
  }
  const distinct = [...new Set(units)].sort((a, b) => a - b);
  const wanted = 1 + shares.filter((share) => share > 0).length;
  if (distinct.length < wanted) {
    throw new UnderstudyError({
      kind: 'input',
      code: 'session-invalid',
      message: `${distinct.length} ${options.by}(s) cannot be divided into ${wanted} parts.`,
      next:
        options.by === 'session'
          ? 'Record more sessions, or split by fight.'
          : 'Record more fights, or leave out the test part.',
    });
  }
  shuffle(distinct, new Random(options.seed));
  const counts = shares.map((share) => (share > 0 ? Math.max(1, Math.round(share * distinct.length)) : 0));
  while (counts[1] + counts[2] >= distinct.length) counts[counts[1] >= counts[2] ? 1 : 2] -= 1;
  const partOf = new Map<number, number>();
  distinct.forEach((unit, place) => partOf.set(unit, place < counts[1] ? 1 : place < counts[1] + counts[2] ? 2 : 0));
  return Uint8Array.from(units, (unit) => partOf.get(unit)!);
}

/** Fisher and Yates' shuffle, in place. */
function shuffle(items: number[], random: Random): void {
  for (let i = items.length - 1; i > 0; i -= 1) {
    const j = random.integer(0, i);
    [items[i], items[j]] = [items[j], items[i]];
  }
}
