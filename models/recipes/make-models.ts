/**
 * Makes the shipped model from nothing: scripted fights, an encoder, a head, with fixed seeds. Steps that are done already
 * are not repeated, so that it may be stopped at any time and started again.
 *
 *   npm run make models                       # models/arena-gru-512, from training seed 1
 *   npm run make models -- --seed 2           # all with seed 2, under runs/make-models/models, for comparison
 *   npm run make models -- --head-seed 2      # another head on the same encoder
 *   npm run make models -- --horizon 0        # a head of another horizon, for docs/results/arena-robustness.md
 *
 * Training fights have seeds from 100000 on, the fights of docs/results seeds 1 to 200: they must never overlap.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { PROJECT_ROOT } from '../../src/core/project-root.js';
import { HARD, NORMAL, record, trainEncoder, trainHead, WORK } from '../../bench/support/training-runs.js';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    'head-seed': { type: 'string' },
    horizon: { type: 'string', default: '1' },
    out: { type: 'string' },
  },
});
const seed = Number(values.seed);
const headSeed = Number(values['head-seed'] ?? seed);
const horizon = Number(values.horizon);
const isShipped = seed === 1 && headSeed === 1 && horizon === 1;
const variant = [
  `arena-gru-512-seed-${seed}`,
  headSeed === seed ? '' : `-head-${headSeed}`,
  horizon === 1 ? '' : `-horizon-${horizon}`,
].join('');

process.chdir(PROJECT_ROOT);
const sessions = [...NORMAL, HARD].map((recording) => record(recording));
trainHead({
  sessions,
  encoder: trainEncoder(seed),
  seed: headSeed,
  out: values.out ?? (isShipped ? join('models', 'arena-gru-512') : join(WORK, 'models', variant)),
  work: join(WORK, `${variant}-head`),
  options: horizon === 1 ? [] : ['--horizon', String(horizon)],
});
