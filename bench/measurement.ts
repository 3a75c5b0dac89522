/** What the benches of single stages share: sampling, the header that says where it ran, quantiles, the JSON line. */
import { cpus, release, totalmem } from 'node:os';
import { quantiles, type Quantiles } from '../src/core/quantiles.js';

/** One measured thing, ms. */
export interface Measured extends Quantiles {
  readonly name: string;
  readonly n: number;
  readonly min: number;
}

/** The value after `--name` on the command line. */
export function argument(name: string): string | undefined {
  const at = process.argv.indexOf(name);
  return at === -1 ? undefined : process.argv[at + 1];
}

/** `--samples N`. */
export function samplesFromArguments(fallback: number): number {
  const samples = Number(argument('--samples') ?? fallback);
  if (!Number.isInteger(samples) || samples < 1)
    throw new Error(`--samples ${argument('--samples')}: expected 1 or more`);
  return samples;
}

const machine = () => ({
  cpu: cpus()[0]?.model ?? 'unknown',
  cores: cpus().length,
  memoryGiB: Math.round(totalmem() / 2 ** 30),
  kernel: release(),
  node: process.version,
});

/** Prints what is measured, where, and how often. */
export function printHeader(claim: string, settings: Readonly<Record<string, string | number>>): void {
  console.log(claim);
  for (const [name, value] of Object.entries({ ...machine(), ...settings })) console.log(`  ${name}: ${value}`);
}

/** Runs `work` for warm-up, then measures it `samples` times and prints one line. */
export async function measure(
  name: string,
  samples: number,
  warmUp: number,
  work: () => void | Promise<void>,
): Promise<Measured> {
  for (let i = 0; i < warmUp; i += 1) await work();
  const tookMs = new Float64Array(samples);
  for (let i = 0; i < samples; i += 1) {
    const startedMs = performance.now();
    await work();
    tookMs[i] = performance.now() - startedMs;
  }
  const measured = { name, n: samples, min: Math.min(...tookMs), ...quantiles(tookMs)! };
  const shown = (['min', 'p50', 'p95', 'p99', 'max'] as const).map((key) => `${key} ${measured[key].toFixed(3)}`);
  console.log(`${name}: ${shown.join('  ')} ms (n ${samples})`);
  return measured;
}

/** The last line: everything as one JSON document, times in ms. */
export function printJson(
  bench: string,
  rows: readonly Measured[],
  more: Readonly<Record<string, unknown>> = {},
): void {
  console.log(JSON.stringify({ bench, machine: machine(), ...more, rows }));
}
