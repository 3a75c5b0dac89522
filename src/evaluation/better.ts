/** Whether one agent plays better than another beyond the noise: the one rule by which an agent is kept. */
import { meanOf, type MeanRow } from './game-scores.js';
import { signTest } from './intervals.js';

/** At most this often would a change without effect be kept. */
const SIGNIFICANCE = 0.05;

export interface Comparison {
  /** Of the differences, over the fights that both have. */
  readonly difference: MeanRow;
  readonly isBetter: boolean;
}

/**
 * Compares two agents fight by fight.
 *
 * @param before [fights] @param after [fights], the same fights; null where a fight was not read
 * @param areWins values are 1 or 0: the exact test has to agree, since with few fights that differ the bootstrap says it too soon
 * @returns null where no fight was read of both
 */
export function compareFights(
  before: readonly (number | null)[],
  after: readonly (number | null)[],
  areWins: boolean,
): Comparison | null {
  if (before.length !== after.length) throw new Error(`not the same fights: ${before.length} and ${after.length}`);
  const differences = after.flatMap((value, fight) => {
    const other = before[fight];
    return value === null || other === null ? [] : [value - other];
  });
  const difference = meanOf(differences);
  if (difference === null) return null;
  const count = (sign: number): number => differences.filter((value) => Math.sign(value) === sign).length;
  const isAbove = difference.low !== null && difference.low > 0;
  return { difference, isBetter: isAbove && (!areWins || signTest(count(1), count(-1)) <= SIGNIFICANCE) };
}

/** `+0.120 [+0.050, +0.190]`, the mean over fights and its 95 % interval. */
export function differenceText({ mean, low, high }: Omit<MeanRow, 'n'>): string {
  const signed = (value: number): string => `${value > 0 ? '+' : ''}${value.toFixed(3)}`;
  return low === null || high === null ? signed(mean) : `${signed(mean)} [${signed(low)}, ${signed(high)}]`;
}
