/**
 * Claim: the loop keeps its latency contract at 10 and at 60 Hz with the model that ships, in the practice fight and on a
 * real window of 1280x720, misses nothing in `--long` seconds, and answers a flash on the screen within a period and its work.
 *
 *   npm run prove contract -- [--seconds 60] [--long 600] [--flashes 300] [--model models/arena-gru-512]
 *     [--again matrix] [--write]
 *
 * Runs `understudy bench` itself, one measurement after the other, on its own X server; `--long` is the length of the
 * run at 10 Hz on the window. A trained model stands back from a window that is not its game, so that the window is shown to
 * an untrained one of the same architecture. With `--again` only the named one is measured (or none, to
 * write the page again); the others are those of the page that is there.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MatrixResult } from '../../src/runs/bench/matrix.js';
import type { BenchResult } from '../../src/runs/bench/measure.js';
import type { SweepResult } from '../../src/runs/bench/rate-sweep.js';
import { initialBundle } from '../../src/policy/initial-bundle.js';
import { textTable } from '../../src/terminal/table.js';
import { startCli } from '../../testing/cli/cli.js';
import { openDisplay } from '../../testing/display/x-display.js';
import { openMovingWindow } from '../support/open-moving-window.js';
import { commandOf, publish, textBlock } from '../support/results.js';
import { argument, countArgument } from '../support/sampling.js';
import { openFolder } from '../../testing/temporary-folder.js';

const seconds = String(countArgument('--seconds', 60));
const longSeconds = String(countArgument('--long', 600));
const flashes = String(countArgument('--flashes', 300));
const again = argument('--again');
const model = argument('--model') ?? 'models/arena-gru-512';

const untrained = openFolder('contract').path;
await initialBundle({ latent: 512, head: 'gru', seed: 1, out: join(untrained, 'bundle') });

await using display = await openDisplay({ windowManager: true });
await using game = await openMovingWindow(display.name);

/** `understudy bench` with these words, as a user would give them. A broken contract (exit code 5) is a result too. */
const MEASUREMENTS = {
  'fight, 10 Hz': ['--arena', '--rate', '10', '--seconds', seconds],
  'fight, 60 Hz': ['--arena', '--rate', '60', '--seconds', seconds, '--budget-ms', '16'],
  'window, 10 Hz': ['--window', game.title, '--rate', '10', '--seconds', longSeconds],
  'window, 60 Hz': ['--window', game.title, '--rate', '60', '--seconds', seconds, '--budget-ms', '16'],
  'window, 10 Hz, beside 2 busy processes': [
    '--window',
    game.title,
    '--rate',
    '10',
    '--seconds',
    seconds,
    '--load',
    '2',
  ],
  'flash page, 10 Hz': ['--flash', '--rate', '10', '--flashes', flashes],
  'flash page, unpaced': ['--flash', '--unpaced', '--flashes', flashes],
} as const satisfies Record<string, readonly string[]>;

/** What is on the page already. */
interface Earlier {
  readonly measurements: Readonly<Record<string, PageFigures>>;
  readonly sweep: SweepResult;
  readonly matrix: MatrixResult;
}

const earlier =
  again === undefined ? null : (JSON.parse(readFileSync(join('docs', 'results', 'contract.json'), 'utf8')) as Earlier);

/** Measured now, or taken from the page. */
async function measured<T>(name: string, before: T | undefined, words: readonly string[]): Promise<T> {
  return before === undefined || name === again ? bench<T>(words) : before;
}

async function bench<T>(words: readonly string[]): Promise<T> {
  process.stderr.write(`understudy bench ${words.join(' ')}\n`);
  const played = words.includes('--window') ? join(untrained, 'bundle') : model;
  const run = startCli(['bench', '--model', played, ...words, '--json'], { env: display.env });
  const { code, stdout, stderr } = await run.result;
  if (code !== 0 && code !== 5) throw new Error(`understudy bench ended with ${code}:\n${stderr}`);
  return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as T;
}

/** What the page can be made from again: without the measures, whose histograms take megabytes and add nothing. */
type PageFigures = Omit<BenchResult, 'measures'>;

function pageFigures(result: PageFigures): PageFigures {
  return { ...result, measures: undefined } as PageFigures;
}

const results = new Map<string, PageFigures>();
for (const [name, words] of Object.entries(MEASUREMENTS)) {
  results.set(name, await measured(name, earlier?.measurements[name], words));
}
const rates = ['--window', game.title, '--rate-sweep', '5..120', '--seconds', '10'];
report(await measured('sweep', earlier?.sweep, rates), await measured('matrix', earlier?.matrix, ['--matrix']));

function ms(value: number | undefined): string {
  return value?.toFixed(1) ?? '-';
}

function report(sweep: SweepResult, matrix: MatrixResult): void {
  const rows = [...results].map(
    ([name, { latencyMs, totalMs, ticks, missedTicks, lateTicks, cpuPercent, rssBytes, contract }]) => [
      name,
      ...[latencyMs?.p50, latencyMs?.p99, latencyMs?.p999, latencyMs?.max, totalMs?.p99].map(ms),
      `${ticks}; ${missedTicks}, ${lateTicks}`,
      cpuPercent.toFixed(1),
      (rssBytes / 1e6).toFixed(0),
      contract.held ? 'held' : contract.broken.join(', '),
    ],
  );
  const photons = [...results].flatMap(([name, { photonToKeyMs: photon }]) =>
    photon === null
      ? []
      : [
          [
            name,
            ...[photon.p50, photon.p99, photon.max, photon.phaseMs?.p50, photon.workMs?.p50].map(ms),
            String(photon.n),
          ],
        ],
  );
  const pairs = matrix.pairs.map(({ capture, sink, photonToKeyMs, latencyMs, unavailable }) => [
    `${capture}, ${sink}`,
    ms(photonToKeyMs?.p50),
    ms(photonToKeyMs?.p99),
    ms(latencyMs?.p50),
    ms(latencyMs?.p99),
    unavailable === null ? '' : unavailable.split('\n')[0],
  ]);
  const missed = sweep.rates.map(({ rateHz, missedTicks, lateTicks }) => `${rateHz} Hz ${missedTicks}, ${lateTicks}`);
  const text = [
    textTable(
      [
        '',
        'latency p50',
        'p99',
        'p99.9',
        'max',
        'deadline to edges p99',
        'ticks; missed, late',
        'CPU %',
        'MB',
        'contract',
      ],
      rows,
    ),
    ['', 'From a change on the screen to the key event at the client:', ''].join('\n'),
    textTable(['', 'p50', 'p99', 'max', 'phase of the tick p50', 'work p50', 'n'], photons),
    ['', `Every way to see and to press, ${matrix.n} flashes each:`, ''].join('\n'),
    textTable(['', 'photon to key p50', 'p99', 'latency p50', 'p99', ''], pairs),
    '',
    `The highest rate without a missed tick: ${sweep.highestHeldHz ?? '-'} Hz (missed, late: ${missed.join('; ')}).`,
  ].join('\n');
  publish({
    name: 'contract',
    title: 'The latency contract',
    command: commandOf('prove contract', { seconds, long: longSeconds, flashes, model, again, write: true }),
    n: `${seconds} s a measurement, ${longSeconds} s on the window at 10 Hz, ${flashes} flashes`,
    sections: [
      `\`understudy bench\` with \`${model}\`, one measurement after the other, on the window with an untrained model of the same architecture; times in ms. The contract: p99 at most 30 ms, missed and late ticks at most 0.1 %, with a budget of 50 ms at 10 Hz and of 16 ms, a period, at 60 Hz.`,
      textBlock(text),
    ],
    document: {
      model,
      measurements: Object.fromEntries([...results].map(([name, result]) => [name, pageFigures(result)])),
      sweep: { ...sweep, rates: sweep.rates.map(pageFigures) },
      matrix,
    },
  });
}
