/** How far a rate of few trials can be trusted. */

/** 97.5 % quantile of the standard normal: a two-sided 95 % interval. */
const Z = 1.959963984540054;

/**
 * Wilson's score interval of a share (E. B. Wilson, JASA 22, 1927): unlike the normal one it holds near 0 and 1 and
 * for few trials, and never leaves 0..1.
 *
 * @param successes 0..trials
 * @param trials >= 1
 * @returns the bounds of the 95 % interval, 0..1
 */
export function wilson95(successes: number, trials: number): readonly [low: number, high: number] {
  if (!(trials >= 1 && successes >= 0 && successes <= trials)) throw new RangeError(`${successes} of ${trials} trials`);
  const share = successes / trials;
  const z2 = (Z * Z) / trials;
  const centre = (share + z2 / 2) / (1 + z2);
  const reach = (Z / (1 + z2)) * Math.sqrt((share * (1 - share)) / trials + z2 / (4 * trials));
  // at the ends the bound is exact, and rounding must not exceed it
  return [successes === 0 ? 0 : centre - reach, successes === trials ? 1 : centre + reach];
}

/**
 * The exact two-sided sign test: how likely two equals are to differ at least so much, by the pairs that differ at all.
 * For wins of the same fights it is McNemar's exact test.
 *
 * @param better pairs in which the one is better, >= 0
 * @param worse pairs in which the other is, >= 0
 * @returns 0..1; 1 where no pair differs
 */
export function signTest(better: number, worse: number): number {
  const pairs = better + worse;
  let log = pairs * Math.log(0.5); // of exactly k pairs in favour of the lesser side, from k = 0 on
  let tail = 0;
  for (let k = 0; k <= Math.min(better, worse); k += 1) {
    tail += Math.exp(log);
    log += Math.log((pairs - k) / (k + 1));
  }
  return Math.min(1, 2 * tail);
}
