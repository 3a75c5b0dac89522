/**
 * Claim: the shipped agent wins its fights: at 10 Hz with its real horizon, in fights whose seeds it never saw, beside
 * the scripted players in the same fights.
 *
 *   npm run research arena-table -- --model models/arena-gru-512 [--model <another training seed>] [--fights 200]
 *
 * Writes docs/results/arena-gru-512.md and .json. Fights that were played are kept under runs/, so it may be stopped.
 */
import { parseArgs } from 'node:util';
import type { Level } from '../../src/arena/fight.js';
import { PROJECT_ROOT } from '../../src/core/project-root.js';
import { scriptedRows, type FightsRow } from '../../src/evaluation/arena/rows.js';
import { readBundle, type Bundle } from '../../src/policy/bundle.js';
import { textTable } from '../../src/terminal/table.js';
import { cellRow, FIRST_SEED, intervalText, percent } from '../support/arena-cells.js';
import { writeFightsResult } from '../support/fights-result.js';
import { commandOf, markdownTable } from '../support/results.js';

const { values } = parseArgs({
  options: {
    model: { type: 'string', multiple: true, default: ['models/arena-gru-512'] },
    fights: { type: 'string', default: '200' },
    'hard-fights': { type: 'string', default: '100' },
  },
});
process.chdir(PROJECT_ROOT);
const wanted = {
  normal: Number(values.fights),
  hard: Number(values['hard-fights']),
};

interface AgentRows {
  readonly bundle: Bundle;
  readonly rows: Partial<Record<Level, FightsRow>>;
}

function tableRow(name: string, row: FightsRow): string[] {
  const { fights, wins, winRate, meanSeconds, meanHits, meanDamage, byPhase } = row;
  return [
    ...[name, `${wins} of ${fights}`, percent(winRate), intervalText(row)],
    ...byPhase.map(({ passed, reached }) => `${passed}/${reached}`),
    ...[meanSeconds.toFixed(1), meanHits.toFixed(0), meanDamage.toFixed(2)],
  ];
}

const HEADINGS = ['', 'won', 'win rate', '95 %', 'phase 1', 'phase 2', 'phase 3', 'seconds', 'hits', 'damage'];

const agents: AgentRows[] = [];
for (const folder of values.model) {
  const bundle = await readBundle(folder);
  const rows: Partial<Record<Level, FightsRow>> = {};
  for (const level of ['normal', 'hard'] as const) {
    if (wanted[level] > 0) rows[level] = await cellRow(bundle, wanted[level], { level });
  }
  agents.push({ bundle, rows });
}

interface Seeded {
  readonly seed?: number;
}

/** Which of the agents: by the seeds of its trainings. */
function seedText({ manifest: { training } }: Bundle): string {
  const { head, givenEncoder } = training as { head?: Seeded; givenEncoder?: { autoencoder?: Seeded } };
  const encoder = givenEncoder?.autoencoder?.seed;
  return `agent, head of seed ${head?.seed}${encoder === undefined ? '' : `, encoder of seed ${encoder}`}`;
}

const sections: string[] = [];
const levels: Record<string, unknown> = {};
for (const level of ['normal', 'hard'] as const) {
  const fights = wanted[level];
  if (fights === 0) continue;
  const players = (await scriptedRows({ fights, seed: FIRST_SEED, level }, new AbortController().signal))!;
  const named = agents.map(({ bundle, rows }) => ({
    name: seedText(bundle),
    row: rows[level]!,
  }));
  const rows = [
    ...named.map(({ name, row }) => tableRow(name, row)),
    ...Object.entries(players).map(([name, row]) => tableRow(`scripted: ${name}`, row)),
  ];
  process.stderr.write(`\n${level}, seeds ${FIRST_SEED} to ${FIRST_SEED + fights - 1}\n${textTable(HEADINGS, rows)}\n`);
  sections.push(
    `## Level ${level}, seeds ${FIRST_SEED} to ${FIRST_SEED + fights - 1}, n = ${fights}\n\n${markdownTable(HEADINGS, rows)}`,
  );
  levels[level] = { fights, firstSeed: FIRST_SEED, agents: named, players };
}

await writeFightsResult({
  name: 'arena-gru-512',
  command: commandOf('research arena-table', values),
  n: `${wanted.normal} fights a row at level normal, ${wanted.hard} at level hard`,
  title: 'How the shipped agent plays',
  sections: [
    [
      'The agent sees the pictures alone, decides 10 times a second and acts one tick later (horizon 1), in the loop of live play',
      'on a virtual clock. Phases: fights that beat the phase of those that reached it. Seconds, hits on the boss (of 162) and',
      "damage (of 3) are means over fights. Intervals are Wilson's. `npm run make models` makes the agent; its training and tuning",
      'fights have seeds from 100000 on, none of them in these tables.',
    ].join('\n'),
    ...sections,
  ],
  bundles: agents.map(({ bundle }) => bundle),
  document: { levels },
});
