/** The result of soaks, for people and for programs, in docs/results/: one document a rate, one page and picture of all. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeFigure } from '../../../src/evaluation/figures/render.js';
import { PROJECT_ROOT } from '../../../testing/cli/cli.js';
import { machine } from '../../support/machine.js';
import { markdownTable, writeResult } from '../../support/results.js';
import { soakFigure } from './figure.js';
import type { SoakSample } from './samples.js';
import { slopeOf, type Slope } from './slope.js';

/** What is promised: the upper end of the slope's 95 % interval, MB an hour. */
const MOST_MB_AN_HOUR = 10;

const FOLDER = join(PROJECT_ROOT, 'docs', 'results');

export interface SoakRun {
  readonly rateHz: number;
  readonly minutes: number;
  readonly warmUpSeconds: number;
  readonly command: string;
  readonly samples: readonly SoakSample[];
  /** The run's own summary. */
  readonly ticks: number;
  readonly missedTicks: number;
  readonly lateTicks: number;
  readonly edgesSent: number;
  readonly keysDownAtEnd: number;
}

interface Range {
  readonly least: number;
  readonly most: number;
}

interface SoakResult extends SoakRun {
  readonly slopesMbAnHour: Readonly<Record<'daemonMb' | 'guardMb' | 'heapMb' | 'buffersMb', Slope>>;
  readonly counts: Readonly<Record<'descriptors' | 'children' | 'segments', Range>>;
  readonly broken: readonly string[];
  readonly machine: string;
  readonly at: string;
}

/** Judges a run and writes it, then the page and the picture of every run so far. @returns what is broken, the page */
export async function writeSoak(run: SoakRun): Promise<{ readonly broken: readonly string[]; readonly page: string }> {
  const result = judge(run);
  const jsonName = `soak-${run.rateHz}hz`;
  const all = [...earlierRuns(jsonName), result].sort((one, other) => one.rateHz - other.rateHz);
  const page = writeResult(
    {
      name: 'soak',
      title: 'A long run',
      command: run.command,
      n: `${result.slopesMbAnHour.daemonMb.n} samples judged`,
      sections: sectionsOf(all),
      document: { ...result },
    },
    { jsonName },
  );
  await writeFigure(join(FOLDER, 'soak'), soakFigure(all));
  return { broken: result.broken, page };
}

/** The results of other rates. */
function earlierRuns(except: string): SoakResult[] {
  if (!existsSync(FOLDER)) return [];
  return readdirSync(FOLDER)
    .filter((name) => /^soak-[\d.]+hz\.json$/.test(name) && name !== `${except}.json`)
    .map((name) => JSON.parse(readFileSync(join(FOLDER, name), 'utf8')) as SoakResult);
}

function judge(run: SoakRun): SoakResult {
  const judged = run.samples.filter(({ seconds }) => seconds >= run.warmUpSeconds);
  if (judged.length < 3) throw new Error(`${judged.length} samples after the warm-up are no soak`);
  const seconds = judged.map((sample) => sample.seconds);
  const slope = (of: (sample: SoakSample) => number): Slope => slopeOf(seconds, judged.map(of));
  const range = (of: (sample: SoakSample) => number): Range => {
    const values = judged.map(of);
    return { least: Math.min(...values), most: Math.max(...values) };
  };
  const slopesMbAnHour = {
    daemonMb: slope((sample) => sample.daemonMb),
    guardMb: slope((sample) => sample.guardMb),
    heapMb: slope((sample) => sample.heapMb),
    buffersMb: slope((sample) => sample.buffersMb),
  };
  const counts = {
    descriptors: range((sample) => sample.descriptors),
    children: range((sample) => sample.children),
    segments: range((sample) => sample.segments),
  };
  const broken = [
    ...Object.entries(slopesMbAnHour)
      .filter(([, { upper95PerHour }]) => !(upper95PerHour < MOST_MB_AN_HOUR))
      .map(([name, { upper95PerHour }]) => `${name} may grow by ${upper95PerHour.toFixed(1)} MB an hour`),
    ...Object.entries(counts)
      .filter(([, { least, most }]) => most > least)
      .map(([name, { least, most }]) => `${name} went from ${least} to ${most}`),
    ...(run.keysDownAtEnd > 0 ? [`${run.keysDownAtEnd} keys were down at the end`] : []),
  ];
  return { ...run, slopesMbAnHour, counts, broken, machine: machine(), at: new Date().toISOString() };
}

function sectionsOf(results: readonly SoakResult[]): string[] {
  const slopeCell = ({ perHour, upper95PerHour }: Slope): string =>
    `${perHour.toFixed(2)} (at most ${upper95PerHour.toFixed(2)})`;
  const rangeCell = ({ least, most }: Range): string => (least === most ? String(least) : `${least} to ${most}`);
  const rows: [string, (result: SoakResult) => string][] = [
    ['minutes, of them warm-up', (r) => `${r.minutes}, ${(r.warmUpSeconds / 60).toFixed(0)}`],
    ['ticks; missed, late', (r) => `${r.ticks}; ${r.missedTicks}, ${r.lateTicks}`],
    ['key edges sent; keys down at the end', (r) => `${r.edgesSent}; ${r.keysDownAtEnd}`],
    ['samples judged (n)', (r) => String(r.slopesMbAnHour.daemonMb.n)],
    ['daemon, resident: growth, MB an hour', (r) => slopeCell(r.slopesMbAnHour.daemonMb)],
    ['its heap after a forced collection', (r) => slopeCell(r.slopesMbAnHour.heapMb)],
    ['its buffers outside the heap', (r) => slopeCell(r.slopesMbAnHour.buffersMb)],
    ['key guard, resident', (r) => slopeCell(r.slopesMbAnHour.guardMb)],
    ['file descriptors', (r) => rangeCell(r.counts.descriptors)],
    ['child processes', (r) => rangeCell(r.counts.children)],
    ['shared memory segments', (r) => rangeCell(r.counts.segments)],
    ['held', (r) => (r.broken.length === 0 ? 'yes' : `no: ${r.broken.join('; ')}`)],
  ];
  return [
    [
      'The real program on a real window of 1280x720 that changes all the time, with the study’s architecture and real keys',
      `through the key guard. Promised: after the warm-up memory grows by less than ${MOST_MB_AN_HOUR} MB an hour (the upper end of the`,
      '95 % interval of the slope, widened for samples that follow each other), and nothing else grows at all.',
    ].join('\n'),
    markdownTable(
      ['', ...results.map(({ rateHz }) => `${rateHz} Hz`)],
      rows.map(([name, cell]) => [name, ...results.map(cell)]),
    ),
    results
      .map(({ rateHz, command, machine: where, at }) => `- ${rateHz} Hz: \`${command}\`, ${where}, ${at}`)
      .join('\n'),
    '![Memory over time](soak.svg)',
  ];
}
