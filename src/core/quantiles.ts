/** Quantiles of measured samples, for reports and benches. */

export interface Quantiles {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

/**
 * Nearest-rank quantile: the smallest sample with at least a share q of all samples at or below it. Never interpolates,
 * so every printed figure was measured. NaN without samples.
 *
 * @param sorted ascending
 * @param q 0..1
 */
export function quantile(sorted: ArrayLike<number>, q: number): number {
  if (sorted.length === 0) return Number.NaN;
  const rank = Math.max(1, Math.ceil(q * sorted.length));
  return sorted[rank - 1];
}

/** p50, p95, p99 and max; null without samples. */
export function quantiles(samples: ArrayLike<number>): Quantiles | null {
  if (samples.length === 0) return null;
  const sorted = Float64Array.from(samples).sort();
  return {
    p50: quantile(sorted, 0.5),
    p95: quantile(sorted, 0.95),
    p99: quantile(sorted, 0.99),
    max: sorted[sorted.length - 1],
  };
}
