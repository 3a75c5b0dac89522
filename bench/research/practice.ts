/**
 * Claim: rounds of correction and practice by reward each make the shipped agent better on `hard`, beyond what its teacher
 * taught; and what each part of practice is worth.
 *
 *   npm run research practice -- --model models/arena-gru-512 --model models/improved --model models/practised [--fights 200] [--other-fights 100]
 *   npm run research practice -- ... --variant models/by-outcome.work/best --variant-fights 100    # on hard alone
 *   npm run research practice -- ... --rounds improved.json     # what `improve --json` printed
 *
 * Differences are to the first model, fight by fight. Writes docs/results/practice.md and .json. Fights are kept under runs/,
 * so it may be stopped.
 */
import { readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { Fight, type Level } from '../../src/arena/fight.js';
import { ExpertPlayer } from '../../src/arena/players/expert.js';
import { PROJECT_ROOT } from '../../src/core/project-root.js';
import { rowOf, type FightsRow } from '../../src/evaluation/arena/rows.js';
import { practicesOf } from '../../src/evaluation/improvement-record.js';
import { madeBetterBy } from '../../src/evaluation/made-better.js';
import { compareFights, differenceText } from '../../src/evaluation/better.js';
import { readBundle, type Bundle } from '../../src/policy/bundle.js';
import { improveText } from '../../src/runs/improve/improve-text.js';
import type { ImproveReport } from '../../src/runs/improve/improve.js';
import { textTable } from '../../src/terminal/table.js';
import { FIRST_SEED, intervalText, percent, playCell } from '../support/arena-cells.js';
import { writeFightsResult } from '../support/fights-result.js';
import { commandOf, markdownTable } from '../support/results.js';

const { values } = parseArgs({
  options: {
    model: { type: 'string', multiple: true, default: ['models/arena-gru-512'] },
    fights: { type: 'string', default: '200' },
    'other-fights': { type: 'string', default: '100' },
    variant: { type: 'string', multiple: true, default: [] },
    'variant-fights': { type: 'string', default: '100' },
    rounds: { type: 'string' },
  },
});
process.chdir(PROJECT_ROOT);
const fights = Number(values.fights);
const otherFights = Number(values['other-fights']);
const variantFights = Number(values['variant-fights']);

interface Cell {
  readonly agent: string;
  readonly id: string | null;
  readonly level: Level;
  readonly row: FightsRow;
  /** To the first model; null for that one and for the scripted player. */
  readonly difference: string | null;
}

/** The ceiling of an agent whose keys change ten times a second. */
function patientExpert(level: Level, count: number): FightsRow {
  const expert = new ExpertPlayer({ patient: true, decisionHz: 10 });
  const played = Array.from({ length: count }, (_, index) => {
    const seed = FIRST_SEED + index;
    const fight = new Fight({ seed, level });
    expert.reset(seed);
    while (fight.outcome === null) fight.step(expert.decide(fight.state));
    return fight.summary;
  });
  return rowOf(played);
}

/** A bundle is named by its folder; `best` by that of its practice. */
const nameOf = (folder: string): string => {
  const name = basename(folder);
  return name === 'best' ? basename(dirname(folder)).replace(/\.work$/, '') : name;
};

const bundles: Bundle[] = [];

async function cellOf(folder: string, level: Level, count: number, first: Bundle): Promise<Cell> {
  const bundle = folder === first.folder ? first : await readBundle(folder);
  if (!bundles.some(({ id }) => id === bundle.id)) bundles.push(bundle);
  const winsOf = async (played: Bundle): Promise<number[]> =>
    (await playCell(played, count, { level })).map(({ outcome }) => Number(outcome === 'won'));
  const row = rowOf(await playCell(bundle, count, { level }));
  const comparison = bundle === first ? null : compareFights(await winsOf(first), await winsOf(bundle), true);
  const difference = comparison === null ? null : differenceText(comparison.difference);
  return { agent: nameOf(folder), id: bundle.id, level, row, difference };
}

const HEADINGS = ['', 'won', 'win rate', '95 %', 'to the first', 'phase 1', 'phase 2', 'phase 3', 'damage'];

const lineOf = ({ agent, row, difference }: Cell): string[] => [
  ...[agent, `${row.wins} of ${row.fights}`, percent(row.winRate), intervalText(row), difference ?? ''],
  ...row.byPhase.map(({ passed, reached }) => `${passed}/${reached}`),
  row.meanDamage.toFixed(2),
];

const first = await readBundle(values.model[0]);
const cells: Cell[] = [];
const sections: string[] = [];
for (const level of ['hard', 'brutal', 'normal'] as const) {
  const own: Cell[] = [];
  const count = level === 'hard' ? fights : otherFights;
  for (const folder of values.model) own.push(await cellOf(folder, level, count, first));
  const ceiling = {
    agent: 'patient expert, 10 Hz',
    id: null,
    level,
    row: patientExpert(level, count),
    difference: null,
  };
  const lines = [...own, ceiling].map(lineOf);
  process.stderr.write(`\n${level}\n${textTable(HEADINGS, lines)}\n`);
  sections.push(`## Level ${level}, n = ${count}\n\n${markdownTable(HEADINGS, lines)}`);
  cells.push(...own, ceiling);
}
const variants: Cell[] = [];
for (const folder of values.variant) variants.push(await cellOf(folder, 'hard', variantFights, first));
if (variants.length > 0) {
  const lines = variants.map(lineOf);
  process.stderr.write(`\nvariants, hard\n${textTable(HEADINGS, lines)}\n`);
  sections.push(`## What each part is worth: level hard, n = ${variantFights}\n\n${markdownTable(HEADINGS, lines)}`);
}

/** What made a bundle better, and with which commands. */
const madeText = ({ folder, manifest }: Bundle): string[] => [
  ...madeBetterBy(manifest).map((text) => `- ${nameOf(folder)}: ${text}`),
  ...practicesOf(manifest).map(({ command }) => `- ${nameOf(folder)}: \`${command}\``),
];

/** The rounds of `improve`, as it printed them. */
function roundsSection(): string[] {
  if (values.rounds === undefined) return [];
  const report = JSON.parse(readFileSync(values.rounds, 'utf8')) as ImproveReport;
  return [`## Rounds of correction, each compared with the best before it\n\n\`\`\`\n${improveText(report)}\n\`\`\``];
}

await writeFightsResult({
  name: 'practice',
  command: commandOf('research practice', values),
  n: `${fights} fights an agent on hard, ${otherFights} on the other levels, ${variantFights} of a variant`,
  title: 'Corrections and practice',
  sections: [
    [
      'Seeds 1 on: nothing was trained, corrected, practised or chosen on them. "To the first": the mean difference in wins a fight',
      'to the first row, fight by fight, with its 95 % interval. The patient expert at 10 Hz is what a faultless clone of the teacher',
      'would reach. `--level`, decisions and rewards of each practice stand below.',
    ].join('\n'),
    '![the course of a practice](practice.png)',
    ...sections,
    ...roundsSection(),
    bundles.flatMap(madeText).join('\n'),
  ],
  bundles,
  document: { firstSeed: FIRST_SEED, cells, variants },
});
