/** What two shares, and two rankings, have to do with each other. */
import { wilson95 } from '../../../src/evaluation/intervals.js';

export interface Share {
  readonly wins: number;
  readonly fights: number;
}

/** Fights of one model or of several. */
export interface Played extends Share {
  /** On the boss, mean over the fights. */
  readonly meanHits: number;
}

/** Adds up fights of several models. */
export function pooled(rows: readonly (Played | null)[]): Played {
  const played = rows.filter((row) => row !== null);
  const sum = (of: (row: Played) => number): number => played.reduce((total, row) => total + of(row), 0);
  const fights = sum((row) => row.fights);
  const meanHits = fights === 0 ? 0 : sum((row) => row.meanHits * row.fights) / fights;
  return { wins: sum((row) => row.wins), fights, meanHits };
}

/**
 * 95 % interval of the difference a - b of two independent shares (R. G. Newcombe, Statistics in Medicine 17, 1998,
 * method 10: from both Wilson intervals).
 */
export function differenceInterval(a: Share, b: Share): readonly [low: number, high: number] {
  const [pa, pb] = [a.wins / a.fights, b.wins / b.fights];
  const [la, ua] = wilson95(a.wins, a.fights);
  const [lb, ub] = wilson95(b.wins, b.fights);
  const d = pa - pb;
  return [d - Math.hypot(pa - la, ub - pb), d + Math.hypot(ua - pa, pb - lb)];
}

/** 97.5 % quantile of the standard normal. */
const Z = 1.959963984540054;

/**
 * 95 % interval of the mean of paired differences (Student's t; its quantile by the first term of Fisher and Cornish's
 * expansion, within 2 % from 10 pairs on).
 *
 * @param differences at least 2
 */
export function pairedInterval(differences: readonly number[]): readonly [low: number, high: number] {
  const n = differences.length;
  const mean = differences.reduce((sum, value) => sum + value, 0) / n;
  const variance = differences.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1);
  const reach = (Z + (Z ** 3 + Z) / (4 * (n - 1))) * Math.sqrt(variance / n);
  return [mean - reach, mean + reach];
}

/** Ranks from 1, ties sharing their mean rank. */
function ranksOf(values: readonly number[]): number[] {
  return values.map((value) => {
    const below = values.filter((other) => other < value).length;
    const equal = values.filter((other) => other === value).length;
    return below + (equal + 1) / 2;
  });
}

/** Spearman's rank correlation; NaN where one side never varies. */
export function rankCorrelation(a: readonly number[], b: readonly number[]): number {
  const [ra, rb] = [ranksOf(a), ranksOf(b)];
  const mean = (a.length + 1) / 2;
  const sum = (of: (i: number) => number): number => a.reduce((total, _, i) => total + of(i), 0);
  const covariance = sum((i) => (ra[i] - mean) * (rb[i] - mean));
  return covariance / Math.sqrt(sum((i) => (ra[i] - mean) ** 2) * sum((i) => (rb[i] - mean) ** 2));
}
