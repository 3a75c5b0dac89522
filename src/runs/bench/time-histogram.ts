/** Times of a run in an HDR histogram: every percentile of any number of samples, in 87 kB. */
import { build, type JsHistogram } from 'hdr-histogram-js';

/** Percentiles of measured times, ms. */
export interface Percentiles {
  readonly n: number;
  readonly p50: number;
  readonly p90: number;
  readonly p95: number;
  readonly p99: number;
  /** 99.9 %; with fewer than 1,000 samples it is the largest. */
  readonly p999: number;
  readonly max: number;
}

/** One bar of a histogram: `count` samples of about `ms`. */
export type HistogramBar = readonly [ms: number, count: number];

/** Counted in microseconds, to three digits: 0.1 % of a value, or 1 us below 2 ms. */
const PER_MS = 1000;
const DIGITS = 3;
/** Ten minutes; a longer stall counts as that. */
const LONGEST_MS = 600_000;

export class TimeHistogram {
  // The pure JavaScript build, since its values can be iterated; the declared return type is the narrower interface.
  readonly #histogram = build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: LONGEST_MS * PER_MS,
    numberOfSignificantValueDigits: DIGITS,
    bitBucketSize: 32,
    useWebAssembly: false,
  }) as JsHistogram;
  #max = 0;

  /** @param ms >= 0 */
  add(ms: number): void {
    const bounded = Math.min(Math.max(ms, 0), LONGEST_MS);
    this.#max = Math.max(this.#max, bounded);
    this.#histogram.recordValue(Math.round(bounded * PER_MS));
  }

  /** Null without samples. */
  percentiles(): Percentiles | null {
    const n = this.#histogram.totalCount;
    if (n === 0) return null;
    // a bucket answers with its upper edge, which may lie above everything that was measured
    const at = (percent: number): number => Math.min(this.#histogram.getValueAtPercentile(percent) / PER_MS, this.#max);
    return { n, p50: at(50), p90: at(90), p95: at(95), p99: at(99), p999: at(99.9), max: this.#max };
  }

  /** Every value that occurred with its count, ascending: enough to draw the histogram, and to sample from it again. */
  bars(): HistogramBar[] {
    const bars: HistogramBar[] = [];
    const values = this.#histogram.recordedValuesIterator;
    values.reset();
    while (values.hasNext()) {
      const { valueIteratedTo, countAddedInThisIterationStep } = values.next();
      bars.push([Math.min(valueIteratedTo / PER_MS, this.#max), countAddedInThisIterationStep]);
    }
    return bars;
  }
}
