/**
 * Claim: on `hard` the agent wins at least 0.9 times as often as the expert; and what stands in the way of it: the
 * expert's own keys looked at ten times a second, and how it presses JUMP where balls come faster than a jump lasts.
 *
 *   npm run research arena-hard -- [--model models/arena-gru-512 ...] [--fights 100]
 *   npm run research arena-hard -- --variant runs/make-models/models/hard-noise --variant-fights 60    # fewer fights of some
 *
 * Writes docs/results/arena-hard.md and .json. Agents' fights are kept under runs/, so it may be stopped.
 */
import { parseArgs } from 'node:util';
import { Fight, STEP_RATE_HZ, type FightSummary } from '../../src/arena/fight.js';
import { ExpertPlayer } from '../../src/arena/players/expert.js';
import { PROJECT_ROOT } from '../../src/core/project-root.js';
import { NONE_HELD, type HeldActions } from '../../src/core/action-set.js';
import { rowOf, type FightsRow } from '../../src/evaluation/arena/rows.js';
import { readBundle, type Bundle } from '../../src/policy/bundle.js';
import { textTable } from '../../src/terminal/table.js';
import { cellRow, FIRST_SEED, intervalText, percent } from '../support/arena-cells.js';
import { writeFightsResult } from '../support/fights-result.js';
import { commandOf, markdownTable } from '../support/results.js';

const SCRIPTED_FIGHTS = 200;
const AGENT_STEPS = STEP_RATE_HZ / 10;

const { values } = parseArgs({
  options: {
    model: { type: 'string', multiple: true, default: ['models/arena-gru-512'] },
    fights: { type: 'string', default: '100' },
    variant: { type: 'string', multiple: true, default: [] },
    'variant-fights': { type: 'string', default: '100' },
  },
});
process.chdir(PROJECT_ROOT);
const fights = Number(values.fights);
const variantFights = Number(values['variant-fights']);

interface Hands {
  readonly patient: boolean;
  /** Its keys change on every nth step only; an agent's on every 6th. */
  readonly everySteps: number;
  /** And are those that it decided on this many steps earlier. */
  readonly lateSteps: number;
}

function playScripted({ patient, everySteps, lateSteps }: Hands, count = SCRIPTED_FIGHTS): FightsRow {
  const expert = new ExpertPlayer({ patient });
  const played: FightSummary[] = [];
  for (let seed = FIRST_SEED; seed < FIRST_SEED + count; seed += 1) {
    const fight = new Fight({ seed, level: 'hard' });
    const meant: HeldActions[] = [];
    let held: HeldActions = NONE_HELD;
    expert.reset(seed);
    for (let step = 0; fight.outcome === null; step += 1) {
      meant.push(expert.decide(fight.state));
      if (step % everySteps === 0) held = meant[step - lateSteps] ?? NONE_HELD;
      fight.step(held);
    }
    played.push(fight.summary);
  }
  return rowOf(played);
}

const lateMs = (steps: number): string => `${Math.round((1000 * steps) / STEP_RATE_HZ)} ms`;
const scripted = [false, true].flatMap((patient) => {
  const name = patient ? 'patient expert' : 'expert';
  return [
    { name, row: playScripted({ patient, everySteps: 1, lateSteps: 0 }) },
    ...[0, 2, 4].map((lateSteps) => ({
      name: `${name}, keys changed 10 times a second${lateSteps === 0 ? '' : `, ${lateMs(lateSteps)} late`}`,
      row: playScripted({ patient, everySteps: AGENT_STEPS, lateSteps }),
    })),
  ];
});
/** In as many fights, from the same seed on. */
const expertRates = new Map(
  [fights, variantFights, SCRIPTED_FIGHTS].map((count) => [
    count,
    playScripted({ patient: false, everySteps: 1, lateSteps: 0 }, count).winRate,
  ]),
);

const bundles: Bundle[] = [];
const agents: { readonly name: string; readonly row: FightsRow }[] = [];
for (const [folders, count] of [
  [values.model, fights],
  [values.variant, variantFights],
] as const) {
  for (const folder of folders) {
    const bundle = await readBundle(folder);
    bundles.push(bundle);
    agents.push({ name: `agent ${bundle.manifest.name}`, row: await cellRow(bundle, count, { level: 'hard' }) });
  }
}

const HEADINGS = ['', 'won', 'win rate', '95 %', 'of the expert', 'phase 1', 'phase 2', 'phase 3', 'damage by phase'];
const lines = [...agents, ...scripted].map(({ name, row }) => [
  ...[name, `${row.wins} of ${row.fights}`, percent(row.winRate), intervalText(row)],
  (row.winRate / expertRates.get(row.fights)!).toFixed(2),
  ...row.byPhase.map(({ passed, reached }) => `${passed}/${reached}`),
  row.byPhase.map(({ meanDamage }) => meanDamage.toFixed(2)).join(' '),
]);
process.stderr.write(`${textTable(HEADINGS, lines)}\n`);

await writeFightsResult({
  name: 'arena-hard',
  command: commandOf('research arena-hard', values),
  n: `${fights} fights an agent (${variantFights} of a variant), ${SCRIPTED_FIGHTS} of a scripted player`,
  title: 'The hard level',
  sections: [
    [
      'Seeds 1 on, never those of a training fight (100000 on). "Of the expert": the win rate over that of the scripted expert in',
      "the same fights. The patient expert waits for the ground before it presses JUMP again; where the expert's keys are",
      'changed ten times a second it shows what a faultless clone at 10 Hz would reach. Phases: fights that beat the phase of',
      "those that reached it; damage: mean hit points lost in phases 1, 2 and 3 by those that reached them. Intervals are Wilson's.",
    ].join('\n'),
    markdownTable(HEADINGS, lines),
  ],
  bundles,
  document: { level: 'hard', firstSeed: FIRST_SEED, agents, scripted },
});
