/**
 * The ticks of this checkout beside those of another one, on the same moving window, interleaved in one run. Both are
 * measured by `understudy bench`, which every version has; how a version is built inside does not matter.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { PROJECT_ROOT } from '../../../src/core/project-root.js';
import { initialBundle } from '../../../src/policy/initial-bundle.js';
import { textTable } from '../../../src/terminal/table.js';
import { startCli } from '../../../testing/cli/cli.js';
import { openDisplay, type TestDisplay } from '../../../testing/display/x-display.js';
import { openMovingWindow } from '../../support/open-moving-window.js';
import { commandOf, publish, textBlock } from '../../support/results.js';
import { compareRepeats, STATISTICS, type Difference, type Figures, type Repeat } from './comparison.js';
import { openFolder } from '../../../testing/temporary-folder.js';

const RATES_HZ = [10, 60] as const;

export interface BesideOptions {
  /** Folder of the other checkout, compiled. */
  readonly checkout: string;
  /** Runs of each version at each rate. */
  readonly rounds: number;
  /** Of one run, warm-up not included. */
  readonly seconds: number;
}

/** The part of what `bench --json` prints that is compared. */
interface BenchDocument {
  readonly ticks: number;
  readonly missedTicks: number;
  readonly lateTicks: number;
  readonly latencyMs: Figures;
  readonly latenessMs: Figures;
  readonly totalMs: Figures;
  readonly stageMs: Readonly<Record<string, Figures | null>>;
  readonly cpuPercent: number;
  readonly rssBytes: number;
}

interface RateResult {
  readonly rateHz: number;
  readonly differences: readonly Difference[];
  /** By version: this one, the other. */
  readonly totals: readonly Totals[];
}

interface Totals {
  readonly ticks: number;
  readonly missed: number;
  readonly late: number;
  readonly cpuPercent: number;
  readonly rssMb: number;
}

/** Measures both versions in turns and publishes the comparison. */
export async function measureBeside(options: BesideOptions): Promise<void> {
  const { rounds, seconds } = options;
  const checkouts = [PROJECT_ROOT, resolve(options.checkout)] as const;
  for (const checkout of checkouts) {
    const program = join(checkout, 'dist', 'src', 'cli', 'main.js');
    if (!existsSync(program)) throw new Error(`${program} is missing: run npm run build in ${checkout}`);
  }
  using temporary = openFolder('beside');
  const folder = temporary.path;
  const bundle = join(folder, 'bundle');
  await initialBundle({ latent: 512, head: 'gru', seed: 1, out: bundle });
  await using display = await openDisplay({ windowManager: true });
  await using game = await openMovingWindow(display.name);
  const results: RateResult[] = [];
  for (const rateHz of RATES_HZ) {
    const documents: [BenchDocument[], BenchDocument[]] = [[], []];
    for (let round = 0; round < rounds; round += 1) {
      // the version that begins changes from round to round: a machine that warms up or slows down favours neither
      for (const version of round % 2 === 0 ? ([0, 1] as const) : ([1, 0] as const)) {
        const run = { checkout: checkouts[version], rateHz, seconds, bundle, folder, title: game.title };
        documents[version].push(await benchOnce(display, run));
      }
      process.stderr.write(`${rateHz} Hz: round ${round + 1} of ${rounds}\n`);
    }
    results.push({
      rateHz,
      differences: compareRepeats(documents[0].map(repeatOf), documents[1].map(repeatOf)),
      totals: documents.map(totalsOf),
    });
  }
  report(options, checkouts, results);
}

async function benchOnce(
  display: TestDisplay,
  run: {
    readonly checkout: string;
    readonly rateHz: number;
    readonly seconds: number;
    readonly bundle: string;
    readonly folder: string;
    readonly title: string;
  },
): Promise<BenchDocument> {
  const words = ['bench', '--model', run.bundle, '--window', run.title, '--rate', String(run.rateHz)];
  const started = startCli([...words, '--seconds', String(run.seconds), '--json'], {
    env: { ...display.env, XDG_RUNTIME_DIR: run.folder },
    cwd: run.folder,
    root: run.checkout,
  });
  const result = await started.result;
  // a broken contract (exit code 5) is a result too
  if (result.code !== 0 && result.code !== 5) throw new Error(`${run.checkout}: ${result.stderr}`);
  return result.json() as BenchDocument;
}

function repeatOf({ latencyMs, latenessMs, totalMs, stageMs }: BenchDocument): Repeat {
  const stages = Object.entries(stageMs).filter((entry): entry is [string, Figures] => entry[1] !== null);
  const named = [...stages, ['latency', latencyMs], ['lateness', latenessMs], ['deadline to edges', totalMs]] as const;
  return Object.fromEntries(named.map(([step, { p50, p95, p99, max }]) => [step, { p50, p95, p99, max }]));
}

function totalsOf(documents: readonly BenchDocument[]): Totals {
  const sum = (of: (document: BenchDocument) => number): number =>
    documents.reduce((total, document) => total + of(document), 0);
  return {
    ticks: sum(({ ticks }) => ticks),
    missed: sum(({ missedTicks }) => missedTicks),
    late: sum(({ lateTicks }) => lateTicks),
    cpuPercent: sum(({ cpuPercent }) => cpuPercent) / documents.length,
    rssMb: sum(({ rssBytes }) => rssBytes) / documents.length / 1e6,
  };
}

/** The commit of a checkout, for people; its folder where there is none. */
function versionText(checkout: string): string {
  const { stdout, status } = spawnSync('git', ['-C', checkout, 'rev-parse', '--short', 'HEAD'], { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : checkout;
}

function rateText({ rateHz, differences, totals }: RateResult, names: readonly string[]): string {
  const rows = differences.map(({ step, statistic, here, beside, ratio, isWithinNoise }) => [
    statistic === STATISTICS[0] ? step : '',
    statistic,
    here.toFixed(3),
    beside.toFixed(3),
    ratio?.toFixed(3) ?? '-',
    isWithinNoise ? 'within' : here < beside ? 'beyond: faster' : 'beyond: slower',
  ]);
  const lines = totals.map(
    ({ ticks, missed, late, cpuPercent, rssMb }, i) =>
      `${names[i]}: ${ticks} ticks, ${missed} missed, ${late} late, CPU ${cpuPercent.toFixed(1)} %, ${rssMb.toFixed(0)} MB`,
  );
  const columns = ['ms', '', ...names, 'ratio', 'noise between repeats'];
  return [`${rateHz} Hz`, '', textTable(columns, rows), '', ...lines].join('\n');
}

function report(options: BesideOptions, checkouts: readonly string[], results: readonly RateResult[]): void {
  const { rounds, seconds, checkout } = options;
  const names = [`here ${versionText(checkouts[0])}`, `beside ${versionText(checkouts[1])}`];
  publish({
    name: 'window-ticks',
    title: 'Ticks on a real window, beside another version',
    command: commandOf('bench window-ticks', { beside: checkout, rounds, seconds, write: true }),
    n: `${rounds} runs of ${seconds} s of each version at each rate, in turns`,
    sections: [
      [
        'The same untrained model of the study’s architecture on a window of 1280x720 that changes 30 times a second, with real',
        'keys. Figures are medians over the runs of a version; a difference is beyond the noise where every run of one version',
        'lies above every run of the other.',
      ].join('\n'),
      textBlock(results.map((result) => rateText(result, names)).join('\n\n')),
    ],
    document: { names, rounds, seconds, results },
  });
}
