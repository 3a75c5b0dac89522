/** Samples of a run of any length in bounded memory. */
import { Random } from '../core/random.js';

/** 100,000 samples are 800 kB and almost three hours at 10 Hz; at least 1,000 samples then lie above p99. */
const CAPACITY = 100_000;

/**
 * Keeps every sample up to its capacity, and from then on a uniform random choice of all of them (algorithm R,
 * Vitter 1985), so that quantiles stay unbiased. The largest is always kept.
 */
export class SampleReservoir {
  readonly #random = new Random(1);
  readonly #capacity: number;
  readonly #kept: Float64Array;
  #seen = 0;
  #max = Number.NEGATIVE_INFINITY;
  #latest: number | null = null;

  constructor(capacity = CAPACITY) {
    this.#capacity = capacity;
    // written to at once: memory that is only reserved becomes resident page by page, which looks like a leak for hours
    this.#kept = new Float64Array(capacity).fill(0);
  }

  add(sample: number): void {
    this.#latest = sample;
    this.#max = Math.max(this.#max, sample);
    const at = this.#seen < this.#capacity ? this.#seen : this.#random.integer(0, this.#seen);
    this.#seen += 1;
    if (at >= this.#capacity) return;
    this.#kept[at] = sample;
  }

  /** How many were added. */
  get count(): number {
    return this.#seen;
  }

  get latest(): number | null {
    return this.#latest;
  }

  /** What was kept, unordered, the largest of all included. A copy. */
  samples(): Float64Array {
    const samples = this.#kept.slice(0, Math.min(this.#seen, this.#capacity));
    if (this.#seen > this.#capacity && !samples.includes(this.#max)) samples[0] = this.#max;
    return samples;
  }
}
