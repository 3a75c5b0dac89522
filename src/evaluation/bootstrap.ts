/**
 * How far a score over few fights can be trusted: fights are resampled and not frames, since the frames of one fight
 * are near copies of each other. Seeded: the same fights give the same interval.
 */
import { Random } from '../core/random.js';
import { sumCounts, type FightCounts, type Statistic } from './fight-counts.js';
import { normalCdf, normalQuantile, studentQuantile } from './normal.js';

/** A 95 % interval; null where a score has none. */
export type Interval = readonly [low: number, high: number];

/** Fewer fights say too little about how much fights differ. */
export const FEWEST_FIGHTS = 5;

/** Resamples of the fights: with so many the ends of an interval move by less than a tenth of its width from seed to seed. */
const DRAWS = 2000;
const SEED = 1;
const TAIL = 0.025;
/** An interval needs at least this many draws in which its score is defined. */
const FEWEST_DRAWS = DRAWS / 2;

/**
 * Bias-corrected and accelerated intervals (B. Efron, JASA 82, 1987), their tails widened for few fights as by
 * Student's t (T. Hesterberg, The American Statistician 69, 2015): plain percentiles cover the true value too seldom.
 *
 * @param fights counts of each fight
 * @returns [statistics], null where there are fewer than {@link FEWEST_FIGHTS} fights or the score is not defined
 */
export function bootstrapIntervals(
  fights: readonly FightCounts[],
  statistics: readonly Statistic[],
): readonly (Interval | null)[] {
  if (fights.length < FEWEST_FIGHTS) return statistics.map(() => null);
  const draws = drawSums(fights);
  const whole = sumCounts(fights);
  const without = fights.map((fight) => whole.map((value, i) => value - fight[i]));
  const tail = widenedTail(fights.length);
  return statistics.map(({ of }) => {
    const value = of(whole);
    if (value === null) return null;
    const drawn = Float64Array.from(draws.map(of).filter((one) => one !== null)).sort();
    if (drawn.length < FEWEST_DRAWS) return null;
    const left = without.map(of).filter((one) => one !== null);
    return interval(value, drawn, left, tail);
  });
}

function drawSums(fights: readonly FightCounts[]): FightCounts[] {
  const random = new Random(SEED);
  const drawOne = (): FightCounts => fights[random.integer(0, fights.length - 1)];
  return Array.from({ length: DRAWS }, () => sumCounts(fights.map(drawOne)));
}

/** The tail of the normal that lies as far out as Student's at n - 1 degrees of freedom, and sqrt(n / (n - 1)) more. */
function widenedTail(n: number): number {
  return normalCdf(Math.sqrt(n / (n - 1)) * studentQuantile(TAIL, n - 1));
}

/**
 * @param drawn ascending
 * @param left the score without each of the fights
 */
function interval(value: number, drawn: Float64Array, left: readonly number[], tail: number): Interval {
  const below = drawn.reduce((sum, one) => sum + (one < value ? 1 : one === value ? 0.5 : 0), 0);
  // kept off 0 and 1, at which the bias would be infinite: the score lies at the end of all draws
  const share = Math.min(1 - 0.5 / drawn.length, Math.max(0.5 / drawn.length, below / drawn.length));
  const bias = normalQuantile(share);
  const mean = left.reduce((sum, one) => sum + one, 0) / left.length;
  const squares = left.reduce((sum, one) => sum + (mean - one) ** 2, 0);
  const cubes = left.reduce((sum, one) => sum + (mean - one) ** 3, 0);
  const acceleration = squares === 0 ? 0 : cubes / (6 * squares ** 1.5);
  const end = (p: number): number => {
    const z = bias + normalQuantile(p);
    return quantile(drawn, normalCdf(bias + z / (1 - acceleration * z)));
  };
  return [end(tail), end(1 - tail)];
}

/** Interpolated: an interval's end need not be a measured value. */
function quantile(sorted: Float64Array, p: number): number {
  const at = Math.min(sorted.length - 1, Math.max(0, p * sorted.length - 0.5));
  const low = Math.floor(at);
  const high = Math.min(sorted.length - 1, low + 1);
  return sorted[low] + (at - low) * (sorted[high] - sorted[low]);
}
