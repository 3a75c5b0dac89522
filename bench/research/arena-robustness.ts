/**
 * Claim: the shipped agent copes with a real machine: keys that come late, another rate, another size of the
 * window. Beside it, heads of other horizons: what is predicted, and when it is applied.
 *
 *   npm run research arena-robustness -- [--model models/arena-gru-512] [--fights 30] [--horizon <bundle> ...]
 *
 * Writes docs/results/arena-robustness.md and .json. Fights that were played are kept under runs/, so it may be
 * stopped; it takes about a minute a cell.
 */
import { parseArgs } from 'node:util';
import { PROJECT_ROOT } from '../../src/core/project-root.js';
import type { FightsRow } from '../../src/evaluation/arena/rows.js';
import { readBundle, type Bundle } from '../../src/policy/bundle.js';
import { textTable } from '../../src/terminal/table.js';
import { cellRow, FIRST_SEED, intervalText, percent, type CellSettings } from '../support/arena-cells.js';
import { writeFightsResult } from '../support/fights-result.js';
import { commandOf, markdownTable } from '../support/results.js';

const { values } = parseArgs({
  options: {
    model: { type: 'string', default: 'models/arena-gru-512' },
    horizon: { type: 'string', multiple: true, default: [] },
    fights: { type: 'string', default: '30' },
  },
});
process.chdir(PROJECT_ROOT);
const fights = Number(values.fights);

interface Cell {
  readonly name: string;
  readonly settings: CellSettings;
}

/** The first is the usual setting, from which each other one differs: 10 Hz, no delay, 640x360. */
const TABLES: readonly { readonly title: string; readonly cells: readonly Cell[] }[] = [
  {
    title: 'Keys that reach the game later than the loop sends them',
    cells: [0, 25, 50, 75, 100].map((delayMs) => ({
      name: `${delayMs} ms`,
      settings: delayMs === 0 ? {} : { delayMs },
    })),
  },
  {
    title: 'Ticks a second',
    cells: [8, 9, 10, 11, 12].map((rateHz) => ({ name: `${rateHz} Hz`, settings: rateHz === 10 ? {} : { rateHz } })),
  },
  {
    title: "The window's size: edges are antialiased otherwise. 1280x720 is the browser window's own",
    cells: [
      { name: '640x360', settings: {} },
      ...[320, 960, 1280].map((width) => ({
        name: `${width}x${(width * 9) / 16}`,
        settings: { size: { width, height: (width * 9) / 16 } },
      })),
    ],
  },
];

const HEADINGS = ['', 'won', 'win rate', '95 %', 'phase 1', 'phase 2', 'phase 3', 'damage'];

function cells(name: string, row: FightsRow): string[] {
  const { wins, winRate, byPhase, meanDamage } = row;
  return [
    ...[name, `${wins} of ${row.fights}`, percent(winRate), intervalText(row)],
    ...byPhase.map(({ passed, reached }) => `${passed}/${reached}`),
    meanDamage.toFixed(2),
  ];
}

const sections: string[] = [];
const results: Record<string, { readonly name: string; readonly row: FightsRow }[]> = {};

async function addTable(title: string, bundleCells: readonly (Cell & { readonly bundle: Bundle })[]): Promise<void> {
  const rows: { readonly name: string; readonly row: FightsRow }[] = [];
  for (const { name, bundle, settings } of bundleCells) {
    rows.push({ name, row: await cellRow(bundle, fights, settings) });
  }
  const lines = rows.map(({ name, row }) => cells(name, row));
  process.stderr.write(`\n${title}\n${textTable(HEADINGS, lines)}\n`);
  sections.push(`## ${title}\n\n${markdownTable(HEADINGS, lines)}`);
  results[title] = rows;
}

const bundle = await readBundle(values.model);
for (const { title, cells: some } of TABLES)
  await addTable(
    title,
    some.map((cell) => ({ ...cell, bundle })),
  );

/** Meant for heads on one encoder, from the same fights and seed; the page says so where their records do. */
const byHorizon = await Promise.all(values.horizon.map((folder) => readBundle(folder)));
byHorizon.sort((a, b) => a.manifest.horizon - b.manifest.horizon);
if (byHorizon.length > 0) {
  await addTable(
    'What is predicted, and when it is applied',
    byHorizon.flatMap((each) => horizonCells(each)),
  );
}

/** Judged by the records' encoder, pictures and settings; thresholds are tuned to each head. */
function differByHorizonAlone(bundles: readonly Bundle[]): boolean {
  const told = bundles.map(({ manifest: { training } }) => {
    const { givenEncoder, data, head } = training as {
      givenEncoder?: { id?: string };
      data?: { framesSha256?: string };
      head?: { seed?: number; loss?: { kind?: string }; batchSize?: number; learningRate?: number };
    };
    const settings = [head?.seed, head?.loss?.kind, head?.batchSize, head?.learningRate];
    return JSON.stringify([givenEncoder?.id, data?.framesSha256, ...settings]);
  });
  return told.length > 1 && new Set(told).size === 1;
}

function horizonCells(each: Bundle): (Cell & { readonly bundle: Bundle })[] {
  const { horizon, apply } = each.manifest;
  const ticks = Math.max(1, horizon);
  const later = ticks === 1 ? 'one tick later' : `${ticks} ticks later`;
  const mark = (own: boolean): string => (own ? ", the label's time" : '');
  return [
    {
      name: `horizon ${horizon}, at once${mark(horizon === 0)}`,
      bundle: each,
      settings: apply === 'at-once' ? {} : { apply: 'at-once' },
    },
    {
      name: `horizon ${horizon}, ${later}${mark(horizon > 0)}`,
      bundle: each,
      settings: apply === 'next-tick' ? {} : { apply: 'next-tick' },
    },
  ];
}

await writeFightsResult({
  name: 'arena-robustness',
  command: commandOf('research arena-robustness', values),
  n: `${fights} fights a row`,
  title: 'What the agent bears',
  sections: [
    [
      `Level normal, seeds 1 to ${fights}, n = ${fights} a row, in the loop of live play on a virtual clock. Phases: fights that beat the`,
      "phase of those that reached it; damage (of 3) is the mean. Intervals are Wilson's.",
      ...(differByHorizonAlone(byHorizon)
        ? [
            'In the last table only the horizon differs: heads on one encoder, from the same fights and with the same settings.',
          ]
        : []),
    ].join('\n'),
    ...sections,
  ],
  bundles: [bundle, ...byHorizon],
  document: { firstSeed: FIRST_SEED, fights, results },
});
