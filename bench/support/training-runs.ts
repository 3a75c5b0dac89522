/**
 * The program's own verbs in a row, for models that are made again from nothing: what is done already is not done
 * again, so that hours of it may be stopped and started again at any time.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Level } from '../../src/arena/fight.js';
import { EXIT_CODES } from '../../src/core/errors.js';

/** Everything that is made on the way. */
export const WORK = join('runs', 'make-models');
const SESSIONS = join(WORK, 'sessions');

/** Scripted fights as one session. */
export interface Recording {
  readonly name: string;
  readonly fights: number;
  /** Of the first fight; never below 100000: the fights of docs/results have the seeds from 1 on. */
  readonly seed: number;
  readonly level: Level;
  /** Options of `demos` beside those; the player is the expert unless they name another. */
  readonly options?: readonly string[];
}

/** Where a recording lies. */
const sessionOf = ({ name }: Recording): string => join(SESSIONS, name);

/**
 * Runs the program as a shell would, from the project's folder; a failure ends this one too.
 *
 * @returns false where a signal ended it
 */
function isDone(args: readonly string[]): boolean {
  process.stderr.write(`\nunderstudy ${args.join(' ')}\n`);
  const { status } = spawnSync(process.execPath, [join('bin', 'understudy.js'), ...args], { stdio: ['ignore', 2, 2] });
  if (status === 0) return true;
  if (status === null || status === EXIT_CODES.interrupted || status === EXIT_CODES.terminated) return false;
  process.exit(status);
}

function understudy(args: readonly string[]): void {
  if (!isDone(args)) process.exit(EXIT_CODES.interrupted);
}

/**
 * Records it, once. A recording that was cut off is made again: fights are cheap.
 *
 * @returns the session's path, or null where a signal ended it
 */
export function recordInto(folder: string, recording: Recording): string | null {
  const { name, fights, seed, level, options = ['--player', 'expert'] } = recording;
  const session = join(folder, name);
  const whole = `${session}.whole`;
  if (existsSync(whole)) return session;
  mkdirSync(folder, { recursive: true });
  const isIts = (file: string): boolean => file.startsWith(`${name}_`) || file.startsWith(`${name}.`);
  for (const file of readdirSync(folder)) if (isIts(file)) rmSync(join(folder, file));
  const isWhole = isDone([
    ...['demos', ...options, '--fights', String(fights), '--seed', String(seed), '--level', level],
    ...['--no-video', '--out', folder, '--name', name],
  ]);
  if (!isWhole) return null;
  writeFileSync(`${whole}.new`, '');
  renameSync(`${whole}.new`, whole);
  return session;
}

/** The same among the sessions of the shipped model; Ctrl-C ends this program too. */
export function record(recording: Recording): string {
  return recordInto(SESSIONS, recording) ?? process.exit(EXIT_CODES.interrupted);
}

/** The encoder has learned enough from the first, the head wins more with both. */
export const NORMAL: readonly [Recording, Recording] = [
  { name: 'arena-normal', fights: 40, seed: 100_000, level: 'normal' },
  { name: 'arena-normal-2', fights: 40, seed: 100_040, level: 'normal' },
];

/** The patient expert's, whom a clone with ten key changes a second can follow (docs/results/arena-hard.md). */
export const HARD: Recording = {
  ...{ name: 'arena-hard', fights: 80, seed: 200_000, level: 'hard' },
  options: ['--player', 'expert', '--patient'],
};

/** Trains the encoder, which takes most of the time. @returns its bundle's folder */
export function trainEncoder(seed: number): string {
  const out = join(WORK, 'models', `first-seed-${seed}`);
  if (existsSync(join(out, 'manifest.json'))) return out;
  understudy([
    ...['train', sessionOf(NORMAL[0]), '--latent', '512', '--head', 'gru', '--seed', String(seed)],
    ...['--storage', 'float16', '--resume', '--autoencoder-epochs', '2', '--validation', '0.1', '--test', '0.1'],
    ...['--out', out, '--work', join(WORK, `arena-gru-512-seed-${seed}`)],
  ]);
  return out;
}

export interface HeadRun {
  readonly sessions: readonly string[];
  readonly encoder: string;
  readonly seed: number;
  readonly out: string;
  readonly work: string;
  /** Options of `train` beside those. */
  readonly options?: readonly string[];
}

/**
 * Trains a head alone on an encoder. Batches are larger than the preset's: there are three times the windows. One threshold
 * below a half for all keys: a press too many costs little, one that comes late or never costs a hit point, and F1, by
 * which thresholds would be tuned, weighs both alike.
 */
export function trainHead({ sessions, encoder, seed, out, work, options = [] }: HeadRun): void {
  understudy([
    ...['train', ...sessions, '--latent', '512', '--head', 'gru', '--seed', String(seed), '--storage', 'float16'],
    ...['--resume', '--encoder', encoder, '--validation', '0.1', '--test', '0.05'],
    ...['--batch', '128', '--learning-rate', '0.002', '--threshold', '0.3', ...options],
    ...['--out', out, '--work', work],
  ]);
}
