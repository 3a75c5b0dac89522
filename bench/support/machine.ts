/** What a figure was measured on, and how it is printed: for people first, then one JSON line. */
import { readFileSync } from 'node:fs';
import { machine } from '../../src/system/machine.js';
import type { Quantiles } from '../../src/core/quantiles.js';
import { textTable } from '../../src/terminal/table.js';

export { machine };

/** Version of an installed package. */
export function versionOf(name: string): string {
  const path = new URL(`../../../node_modules/${name}/package.json`, import.meta.url);
  return (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version;
}

export interface Measurement {
  /** What is claimed. */
  readonly claim: string;
  /** What it was measured with: versions, model hash, window size. */
  readonly setting: Readonly<Record<string, string | number>>;
  readonly n: number;
  /** Runs before the first that counts. */
  readonly warmup: number;
  /** Milliseconds, by name. */
  readonly ms: Readonly<Record<string, Quantiles | null>>;
  /** Figures that are not times: CPU, memory, counts. */
  readonly other?: Readonly<Record<string, number | string>>;
}

/** The table for people, as it is printed. */
export function resultText(result: Measurement): string {
  const rows = Object.entries(result.ms).map(([name, figures]) => [
    name,
    ...(figures === null
      ? ['-', '-', '-', '-']
      : Object.values(figures as unknown as Record<string, number>).map((ms) => ms.toFixed(3))),
  ]);
  const setting = Object.entries({ ...result.setting, n: result.n, warmup: result.warmup });
  return [
    result.claim,
    `  ${machine()}`,
    `  ${setting.map(([name, value]) => `${name} ${value}`).join(', ')}`,
    '',
    textTable(['ms', 'p50', 'p95', 'p99', 'max'], rows),
    ...Object.entries(result.other ?? {}).map(([name, value]) => `${name}  ${value}`),
  ].join('\n');
}

/** Prints the table on standard error and the document as the last line of standard output. */
export function printResult(result: Measurement): void {
  process.stderr.write(`${resultText(result)}\n\n`);
  process.stdout.write(`${JSON.stringify({ ...result, machine: machine(), at: new Date().toISOString() })}\n`);
}
