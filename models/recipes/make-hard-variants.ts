/**
 * Makes the agents that docs/results/arena-hard.md compares with the shipped one: what each way of teaching adds on the
 * hard level. All are heads on the shipped model's encoder, seed 1. Steps that are done already are not repeated, so that
 * it may be stopped at any time and started again.
 *
 *   npm run make hard-variants [-- --only expert]
 *   npm run research arena-hard -- --model models/arena-gru-512 --model runs/make-models/models/hard-expert ...
 *
 * Training fights have seeds from 100000 on, the fights of docs/results seeds 1 to 200: they must never overlap.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { PROJECT_ROOT } from '../../src/core/project-root.js';
import {
  HARD,
  NORMAL,
  record,
  trainEncoder,
  trainHead,
  WORK,
  type Recording,
} from '../../bench/support/training-runs.js';

const ROUND_FIGHTS = 40;

const folderOf = (variant: string): string => join(WORK, 'models', `hard-${variant}`);

/** The model `plays` plays, and the keys that the patient expert would press are recorded. */
const aggregated = (round: number, plays: string): Recording => ({
  name: `arena-hard-round-${round}`,
  fights: ROUND_FIGHTS,
  seed: 210_000 + 1000 * round,
  level: 'hard',
  options: ['--player', 'agent', '--model', plays, '--patient'],
});

const NOISE: Recording = {
  name: 'arena-hard-noise',
  fights: ROUND_FIGHTS,
  seed: 205_000,
  level: 'hard',
  options: ['--player', 'expert', '--patient', '--noise', '0.1'],
};

const ROUND_1 = aggregated(1, join('models', 'arena-gru-512'));

/** Each variant's fights besides the normal ones. In this order: the second aggregation plays with the first's agent. */
const VARIANTS: readonly { readonly name: string; readonly hard: readonly Recording[] }[] = [
  { name: 'none', hard: [] },
  { name: 'expert', hard: [{ ...HARD, name: 'arena-hard-expert', options: ['--player', 'expert'] }] },
  { name: 'noise', hard: [HARD, NOISE] },
  { name: 'aggregated-1', hard: [HARD, ROUND_1] },
  { name: 'aggregated-2', hard: [HARD, ROUND_1, aggregated(2, folderOf('aggregated-1'))] },
];

const { values } = parseArgs({ options: { only: { type: 'string', multiple: true } } });
process.chdir(PROJECT_ROOT);
const normal = NORMAL.map((recording) => record(recording));
const encoder = trainEncoder(1);
for (const { name, hard } of VARIANTS) {
  if (values.only !== undefined && !values.only.includes(name)) continue;
  const sessions = [...normal, ...hard.map((recording) => record(recording))];
  trainHead({ sessions, encoder, seed: 1, out: folderOf(name), work: join(WORK, `hard-${name}`) });
}
