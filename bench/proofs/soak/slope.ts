/** How fast something grows: a straight line through samples, and how sure that is. */

export interface Slope {
  /** Units an hour. */
  readonly perHour: number;
  /** The upper end of the two-sided 95 % interval. */
  readonly upper95PerHour: number;
  readonly n: number;
}

/** Of the normal distribution: the samples are many. */
const Z_95 = 1.96;

/**
 * Least squares. Samples of memory follow each other (a heap grows until it is collected), so the standard error is
 * widened by the residuals' autocorrelation at lag 1: sqrt((1 + r) / (1 - r)), as for an AR(1) process.
 *
 * @param seconds at least three, ascending
 */
export function slopeOf(seconds: readonly number[], values: readonly number[]): Slope {
  const n = seconds.length;
  const mean = (list: readonly number[]): number => list.reduce((sum, value) => sum + value, 0) / list.length;
  const [meanX, meanY] = [mean(seconds), mean(values)];
  const sxx = seconds.reduce((sum, x) => sum + (x - meanX) ** 2, 0);
  const slope = seconds.reduce((sum, x, i) => sum + (x - meanX) * (values[i] - meanY), 0) / sxx;
  const residuals = values.map((y, i) => y - meanY - slope * (seconds[i] - meanX));
  const power = residuals.reduce((sum, r) => sum + r * r, 0);
  const neighbours = residuals.slice(1).reduce((sum, r, i) => sum + r * residuals[i], 0);
  const r1 = power === 0 ? 0 : Math.min(0.98, Math.max(0, neighbours / power));
  const error = Math.sqrt(power / Math.max(1, n - 2) / sxx) * Math.sqrt((1 + r1) / (1 - r1));
  return { perHour: 3600 * slope, upper95PerHour: 3600 * (slope + Z_95 * error), n };
}
