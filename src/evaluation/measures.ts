/**
 * Named values with what is known of their noise, and the differences between two lists of them. Works for scores and
 * benches: it reads a document's `measures`, or else all numbers in it. Opens no file.
 */
import { z } from 'zod';
import { quantile } from '../core/quantiles.js';
import { Random } from '../core/random.js';

/**
 * One value. `interval` is its 95 % interval; or `samples` (or a `histogram` of [value, count]) with the `statistic`
 * of them that the value is; intervals of differences are bootstrapped from these. `better` is the good direction.
 */
const measureSchema = z.object({
  name: z.string().min(1).max(200),
  value: z.number().nullable(),
  unit: z.string().max(20).optional(),
  better: z.enum(['higher', 'lower']).optional(),
  interval: z.tuple([z.number(), z.number()]).nullable().optional(),
  statistic: z.enum(['mean', 'p50', 'p90', 'p95', 'p99', 'p99.9', 'max']).optional(),
  samples: z.array(z.number()).max(2_000_000).optional(),
  histogram: z
    .array(z.tuple([z.number(), z.number().int().min(0)]))
    .max(200_000)
    .optional(),
});

/** See {@link measuresOf}: what a document may carry as `measures`. */
export type Measure = z.infer<typeof measureSchema>;

/** How one value changed. */
export interface Change {
  readonly name: string;
  readonly unit: string;
  readonly before: number | null;
  readonly after: number | null;
  /** After minus before; null where one of them has no value. */
  readonly difference: number | null;
  /** 95 % interval of the difference; null where nothing is known of the noise. */
  readonly interval: readonly [low: number, high: number] | null;
  /** `changed`: beyond the noise; `same`: within it; `unknown`: nothing to judge it by. */
  readonly verdict: 'changed' | 'same' | 'unknown';
  /** Of a change beyond the noise; null where no side is the better one. */
  readonly isBetter: boolean | null;
}

/** No document has figures nested deeper than this. */
const DEEPEST = 3;
const MOST_MEASURES = 2000;

/**
 * The measures of a document: its `measures` where it has them, else every number in its objects, named by its path
 * (`latencyMs.p99`); lists are skipped, except for the interval of a number (`winRate95` of `winRate`).
 *
 * @throws z.ZodError where `measures` is malformed
 */
export function measuresOf(document: unknown): readonly Measure[] {
  if (typeof document !== 'object' || document === null) return [];
  const { measures, intervals } = document as { measures?: unknown; intervals?: unknown };
  if (measures !== undefined) return z.array(measureSchema).max(MOST_MEASURES).parse(measures);
  const known = z.record(z.string(), z.tuple([z.number(), z.number()]).nullable()).safeParse(intervals);
  const scored = known.success ? known.data : {};
  return numbersIn(document, '', 0)
    .slice(0, MOST_MEASURES)
    .map(([name, value]): Measure => {
      const score = name.replace(/^perAction\./, '');
      const own = z.tuple([z.number(), z.number()]).safeParse(valueAt(document, `${name}95`));
      if (own.success) return { name, value, interval: own.data, better: 'higher' };
      return score in scored ? { name, value, interval: scored[score], better: 'higher' } : { name, value };
    });
}

/** The value at a path such as `players.expert.winRate95`. */
function valueAt(document: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>(
      (value, key) => (typeof value === 'object' && value !== null ? Reflect.get(value, key) : null),
      document,
    );
}

function numbersIn(value: unknown, path: string, depth: number): [name: string, value: number][] {
  if (typeof value === 'number' && Number.isFinite(value)) return [[path, value]];
  if (typeof value !== 'object' || value === null || Array.isArray(value) || depth > DEEPEST) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    numbersIn(inner, path === '' ? key : `${path}.${key}`, depth + 1),
  );
}

/** Changes of the values that both lists have, in the order of the first. */
export function compareMeasures(before: readonly Measure[], after: readonly Measure[]): readonly Change[] {
  const others = new Map(after.map((measure) => [measure.name, measure]));
  return before.flatMap((first) => {
    const second = others.get(first.name);
    return second === undefined ? [] : [changeOf(first, second)];
  });
}

function changeOf(first: Measure, second: Measure): Change {
  const { name, value: before } = first;
  const { value: after } = second;
  const difference = before === null || after === null ? null : after - before;
  const interval = difference === null ? null : differenceInterval(first, second);
  const isBeyond = interval !== null && (interval[0] > 0 || interval[1] < 0);
  const better = second.better ?? first.better;
  return {
    name,
    unit: second.unit ?? first.unit ?? '',
    before,
    after,
    difference,
    interval,
    verdict: interval === null ? 'unknown' : isBeyond ? 'changed' : 'same',
    isBetter: !isBeyond || better === undefined ? null : better === 'higher' ? difference! > 0 : difference! < 0,
  };
}

/**
 * From samples by bootstrap; else from both intervals, their widths combined as for independent values (R. G. Newcombe,
 * Statistics in Medicine 17, 1998, method 10).
 */
function differenceInterval(first: Measure, second: Measure): Change['interval'] {
  const [a, b] = [samplesOf(first), samplesOf(second)];
  const statistic = second.statistic ?? first.statistic;
  if (a.length > 1 && b.length > 1 && statistic !== undefined) return bootstrapDifference(a, b, statistic);
  const [one, other] = [first.interval, second.interval];
  if (one === null || one === undefined || other === null || other === undefined) return null;
  const difference = second.value! - first.value!;
  const down = Math.hypot(second.value! - other[0], one[1] - first.value!);
  const up = Math.hypot(other[1] - second.value!, first.value! - one[0]);
  return [difference - down, difference + up];
}

/** Samples that a bootstrap draws from, at most; of more, those at evenly spaced ranks are taken. */
const MOST_SAMPLES = 4000;

/** The samples of a measure, ascending. */
function samplesOf({ samples, histogram }: Measure): Float64Array {
  const all = samples === undefined ? expand(histogram ?? []) : Float64Array.from(samples).sort();
  if (all.length <= MOST_SAMPLES) return all;
  return Float64Array.from(
    { length: MOST_SAMPLES },
    (_, i) => all[Math.floor(((i + 0.5) * all.length) / MOST_SAMPLES)],
  );
}

/** Values of a histogram, ascending, each as often as counted; thinned evenly where there are too many. */
function expand(histogram: readonly (readonly [value: number, count: number])[]): Float64Array {
  const sorted = [...histogram].sort(([a], [b]) => a - b);
  const total = sorted.reduce((sum, [, count]) => sum + count, 0);
  const kept = Math.min(total, MOST_SAMPLES);
  const values = new Float64Array(kept);
  let [place, seen] = [0, 0];
  for (let i = 0; i < kept; i += 1) {
    const rank = ((i + 0.5) * total) / kept;
    while (seen + sorted[place][1] < rank) {
      seen += sorted[place][1];
      place += 1;
    }
    values[i] = sorted[place][0];
  }
  return values;
}

const DRAWS = 1000;
const SEED = 1;
const QUANTILES = { p50: 0.5, p90: 0.9, p95: 0.95, p99: 0.99, 'p99.9': 0.999, max: 1 } as const;

function bootstrapDifference(
  a: Float64Array,
  b: Float64Array,
  statistic: NonNullable<Measure['statistic']>,
): readonly [number, number] {
  const random = new Random(SEED);
  const differences = Float64Array.from(
    { length: DRAWS },
    () => drawn(b, statistic, random) - drawn(a, statistic, random),
  );
  differences.sort();
  return [quantile(differences, 0.025), quantile(differences, 0.975)];
}

/** The statistic of a resample of the same size. Ranks are drawn, so that one pass over the counts replaces sorting. */
function drawn(sorted: Float64Array, statistic: NonNullable<Measure['statistic']>, random: Random): number {
  const counts = new Uint32Array(sorted.length);
  for (let i = 0; i < sorted.length; i += 1) counts[Math.floor(random.next() * sorted.length)] += 1;
  if (statistic === 'mean') return sorted.reduce((sum, value, i) => sum + value * counts[i], 0) / sorted.length;
  const rank = Math.max(1, Math.ceil(QUANTILES[statistic] * sorted.length));
  let seen = 0;
  for (let i = 0; i < sorted.length; i += 1) {
    seen += counts[i];
    if (seen >= rank) return sorted[i];
  }
  return sorted[sorted.length - 1];
}
