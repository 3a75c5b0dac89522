/** The statistics that a set carries of each feature: those of numbers that are known at the end, and of pictures by histogram. */
import { quantile } from '../core/quantiles.js';

const QUANTILES = { q01: 0.01, q10: 0.1, q50: 0.5, q90: 0.9, q99: 0.99 } as const;
type NumberName = 'min' | 'max' | 'mean' | 'std' | keyof typeof QUANTILES;

/** As `stats.json` has them: of each a list with one number for each component; `count` is how many values each is of. */
export type Statistics = Readonly<Record<NumberName | 'count', readonly number[]>>;

/** Counts of values of a small set, one component after the other: 0 and 1 of actions, 0 to 255 of a picture's channel. */
export class Histogram {
  readonly #bins: Float64Array[];
  readonly #scale: number;
  #count = 0;

  /** @param scale what a value is divided by: 255 of pictures, 1 of others */
  constructor(components: number, bins: number, scale = 1) {
    this.#bins = Array.from({ length: components }, () => new Float64Array(bins));
    this.#scale = scale;
  }

  /** Counts one value of each component. */
  add(values: ArrayLike<number>): void {
    this.#bins.forEach((bins, component) => (bins[values[component]] += 1));
    this.#count += 1;
  }

  /** Counts all that another has counted. */
  addAll(other: Histogram): void {
    other.#bins.forEach((bins, component) => bins.forEach((count, bin) => (this.#bins[component][bin] += count)));
    this.#count += other.#count;
  }

  /** @throws Error where nothing was counted */
  statistics(): Statistics {
    return statisticsOf(
      this.#bins.map((bins) => ofBins(bins, this.#count, this.#scale)),
      this.#count,
    );
  }

  /** Counts that {@link restore} takes. */
  toJson(): number[][] {
    return this.#bins.map((bins) => [...bins]);
  }

  restore(counts: readonly (readonly number[])[]): void {
    this.#bins.forEach((bins, component) => bins.set(counts[component]));
    this.#count = this.#bins[0].reduce((sum, count) => sum + count, 0);
  }
}

/** Statistics of numbers that are all in memory: one component. */
export function statisticsOfNumbers(values: Float64Array): Statistics {
  const sorted = values.slice().sort();
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  const quantiles = mapValues(QUANTILES, (share) => quantile(sorted, share));
  const of = { min: sorted[0], max: sorted[sorted.length - 1], mean, std: Math.sqrt(variance), ...quantiles };
  return statisticsOf([of], values.length);
}

type Component = Readonly<Record<NumberName, number>>;

function statisticsOf(components: readonly Component[], count: number): Statistics {
  const lists = mapValues(components[0], (_, name) => components.map((component) => component[name]));
  return { ...lists, count: [count] };
}

function ofBins(bins: Float64Array, count: number, scale: number): Component {
  if (count === 0) throw new Error('nothing was counted');
  let sum = 0;
  let squares = 0;
  bins.forEach((times, bin) => {
    sum += times * bin;
    squares += times * bin * bin;
  });
  const mean = sum / count;
  const at = (share: number): number => {
    let below = 0;
    for (let bin = 0; bin < bins.length; bin += 1) {
      below += bins[bin];
      if (below > share * (count - 1)) return bin / scale;
    }
    return (bins.length - 1) / scale;
  };
  return {
    min: bins.findIndex((times) => times > 0) / scale,
    max: bins.findLastIndex((times) => times > 0) / scale,
    mean: mean / scale,
    std: Math.sqrt(Math.max(0, squares / count - mean * mean)) / scale,
    ...mapValues(QUANTILES, at),
  };
}

/** Pictures have each number in lists of their own: shape (channels, 1, 1), except the count. */
export function asPictures({ count, ...rest }: Statistics): Record<string, unknown> {
  return { ...mapValues(rest, (values) => values.map((value) => [[value]])), count };
}

function mapValues<Names extends string, From, To>(
  entries: Readonly<Record<Names, From>>,
  map: (value: From, name: Names) => To,
): Record<Names, To> {
  const pairs = (Object.entries(entries) as [Names, From][]).map(([name, value]) => [name, map(value, name)] as const);
  return Object.fromEntries(pairs) as Record<Names, To>;
}
