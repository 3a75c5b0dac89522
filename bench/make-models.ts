/**
 * Makes the shipped model again, from nothing: scripted fights, an encoder, a head, with fixed seeds. What is done already is
 * not done again, so it may be stopped at any time and started anew.
 *
 *   npm run make:models                 # models/arena-gru-512, from training seed 1
 *   npm run make:models -- --seed 2     # runs/make-models/models/arena-gru-512-seed-2, for comparison
 *
 * Training fights have the seeds 100000 on, the fights of docs/results 1 to 200: never one of the others.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { PROJECT_ROOT } from '../src/cli/project-root.js';

const FIRST_TRAINING_SEED = 100_000;
const WORK = join('runs', 'make-models');
const SESSIONS = join(WORK, 'sessions');
/** The encoder, which takes most of the time, has learned enough from the first; the head wins more with both. */
const RECORDINGS = [
  { name: 'arena-normal', fights: 40, seed: FIRST_TRAINING_SEED },
  { name: 'arena-normal-2', fights: 40, seed: FIRST_TRAINING_SEED + 40 },
] as const;

const { values } = parseArgs({ options: { seed: { type: 'string', default: '1' }, out: { type: 'string' } } });
const seed = Number(values.seed);
const name = `arena-gru-512-seed-${seed}`;
const first = join(WORK, 'models', `first-seed-${seed}`);
const out = values.out ?? (seed === 1 ? join('models', 'arena-gru-512') : join(WORK, 'models', name));

process.chdir(PROJECT_ROOT);
for (const recording of RECORDINGS) recordFights(recording);
const sessions = RECORDINGS.map((recording) => join(SESSIONS, recording.name));
const common = ['--latent', '512', '--head', 'gru', '--seed', String(seed), '--storage', 'float16', '--resume'];
understudy([
  ...['train', sessions[0], ...common, '--autoencoder-epochs', '2', '--validation', '0.1', '--test', '0.1'],
  ...['--out', first, '--work', join(WORK, name)],
]);
understudy([
  ...['train', ...sessions, ...common, '--encoder', first, '--validation', '0.1', '--test', '0.05'],
  ...['--out', out, '--work', join(WORK, `${name}-head`)],
]);

/** Runs the program as a shell would; a failure or Ctrl-C ends this one too. */
function understudy(args: readonly string[]): void {
  process.stderr.write(`\nunderstudy ${args.join(' ')}\n`);
  const { status } = spawnSync(process.execPath, [join('bin', 'understudy.js'), ...args], { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

/** A recording that was cut off is made again: fights are cheap. */
function recordFights({ name: session, fights, seed: firstSeed }: (typeof RECORDINGS)[number]): void {
  const whole = join(SESSIONS, `${session}.whole`);
  if (existsSync(whole)) return;
  mkdirSync(SESSIONS, { recursive: true });
  const isIts = (file: string): boolean => file.startsWith(`${session}_`) || file.startsWith(`${session}.`);
  for (const file of readdirSync(SESSIONS)) if (isIts(file)) rmSync(join(SESSIONS, file));
  understudy([
    ...['demos', '--player', 'expert', '--fights', String(fights), '--seed', String(firstSeed)],
    ...['--level', 'normal', '--no-video', '--out', SESSIONS, '--name', session],
  ]);
  writeFileSync(`${whole}.new`, '');
  renameSync(`${whole}.new`, whole);
}
