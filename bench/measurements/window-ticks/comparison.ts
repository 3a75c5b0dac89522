/**
 * Two versions of the program, measured in turns: what differs, and whether that is more than the noise between repeats
 * of the same version. Pure arithmetic; runs nothing.
 */

/** The quantiles that are compared. */
export const STATISTICS = ['p50', 'p95', 'p99', 'max'] as const;
export type Statistic = (typeof STATISTICS)[number];
export type Figures = Readonly<Record<Statistic, number>>;

/** One run of one version: figures by the name of what was timed, ms. */
export type Repeat = Readonly<Record<string, Figures>>;

export interface Difference {
  readonly step: string;
  readonly statistic: Statistic;
  /** Medians over the repeats, ms. */
  readonly here: number;
  readonly beside: number;
  /** here / beside; null where both are 0 or only the other is. */
  readonly ratio: number | null;
  /**
   * True unless every repeat of one version lies above every repeat of the other. With n repeats of each, chance alone
   * separates two equal versions so in 2 of (2n over n) cases: 0.8 % with 5, 10 % with 3.
   */
  readonly isWithinNoise: boolean;
}

/**
 * Compares each step that both versions have.
 *
 * @param here at least one repeat; steps in their order
 * @param beside as many, taken in turns with the others
 */
export function compareRepeats(here: readonly Repeat[], beside: readonly Repeat[]): Difference[] {
  const steps = Object.keys(here[0]).filter((step) => beside.every((repeat) => step in repeat));
  return steps.flatMap((step) =>
    STATISTICS.map((statistic) => {
      const ours = here.map((repeat) => repeat[step][statistic]);
      const theirs = beside.map((repeat) => repeat[step][statistic]);
      const [us, them] = [median(ours), median(theirs)];
      return {
        step,
        statistic,
        here: us,
        beside: them,
        ratio: them === 0 ? null : us / them,
        isWithinNoise: Math.max(...ours) >= Math.min(...theirs) && Math.max(...theirs) >= Math.min(...ours),
      };
    }),
  );
}

/** The middle value, or the mean of the middle two. */
function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
