/** Quantiles of the standard normal and of Student's t: what intervals are built with. */

/** Cumulative distribution of the standard normal, by the complementary error function (error below 1.2e-7). */
export function normalCdf(z: number): number {
  const t = 1 / (1 + Math.abs(z) / (2 * Math.SQRT2));
  // W. H. Press et al., Numerical Recipes, 6.2: erfcc
  const terms = [
    -1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398, 1.48851587, -0.82215223,
    0.17087277,
  ];
  const polynomial = terms.reduceRight((sum, term) => term + t * sum, 0);
  const tail = 0.5 * t * Math.exp((-z * z) / 2 + polynomial);
  return z >= 0 ? 1 - tail : tail;
}

/** Quantile of the standard normal: bisection to 1e-10. @param p 0 < p < 1 */
export function normalQuantile(p: number): number {
  if (!(p > 0 && p < 1)) return p <= 0 ? -Infinity : Infinity;
  let [low, high] = [-10, 10];
  while (high - low > 1e-10) {
    const middle = (low + high) / 2;
    if (normalCdf(middle) < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/**
 * Quantile of Student's t by its expansion around the normal (Abramowitz and Stegun, 26.7.5): within 1 % from four
 * degrees of freedom on.
 *
 * @param p 0 < p < 1
 * @param degrees >= 4
 */
export function studentQuantile(p: number, degrees: number): number {
  const z = normalQuantile(p);
  const [z3, z5, z7] = [z ** 3, z ** 5, z ** 7];
  return (
    z +
    (z3 + z) / (4 * degrees) +
    (5 * z5 + 16 * z3 + 3 * z) / (96 * degrees ** 2) +
    (3 * z7 + 19 * z5 + 17 * z3 - 15 * z) / (384 * degrees ** 3)
  );
}
