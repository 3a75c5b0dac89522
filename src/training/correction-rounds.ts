/**
 * Rounds of correction (dataset aggregation: S. Ross et al., AISTATS 2011): the best agent so far plays, what it should
 * have done is gathered, an agent is trained on everything gathered so far, and it is kept only where it plays better
 * beyond the noise. Knows neither the arena nor a game: a {@link Course} says how each step is done.
 */
import { existsSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { UnderstudyError } from '../core/errors.js';
import { jsonValue } from '../core/json-lines.js';
import { meanOf, type MeanRow } from '../evaluation/game-scores.js';
import { descriptionOf, readBundle, writeBundle } from '../policy/bundle.js';
import { canonicalJson, replaceJson } from './plain-json.js';

/** How one agent played. */
export interface PlayedFights {
  /** What is compared: 1 or 0 for a win, the game's score, or how long a fight lasted. */
  readonly by: 'wins' | 'score' | 'seconds';
  /** [fights] of that. */
  readonly values: readonly number[];
  /** Other figures of these fights, for the table and the record. */
  readonly figures: Readonly<Record<string, number>>;
}

/** What a round adds to the sessions that are trained on. */
export interface Gathered {
  /** Path of the session. */
  readonly session: string;
  readonly frames: number;
  readonly fights: number;
  /** How it was gathered, for the record: seeds, the teacher's share. */
  readonly how: Readonly<Record<string, number | string>>;
}

/** How the steps of a round are done. Each returns null where it was interrupted. */
export interface Course {
  /** >= 1 */
  readonly rounds: number;
  /** @param round 1-based @param player folder of the best bundle so far */
  gather(round: number, player: string): Promise<Gathered | null>;
  /** Trains on the sessions that there were at first and on those gathered. @returns the bundle's folder */
  train(round: number, gathered: readonly string[]): Promise<string | null>;
  /** Two agents in the same fights, which nothing is trained on, or in turns. @param agents folders of bundles */
  play(agents: readonly [best: string, candidate: string]): Promise<readonly [PlayedFights, PlayedFights] | null>;
}

/** One round, as it is kept and printed. */
export interface Round {
  /** 1-based */
  readonly round: number;
  readonly gathered: Gathered;
  /** The round's bundle. */
  readonly folder: string;
  readonly id: string;
  readonly played: PlayedFights;
  /** The best bundle before this round. */
  readonly against: { readonly folder: string; readonly id: string; readonly played: PlayedFights };
  /** Of `played` to that of `against`, fight by fight. */
  readonly difference: MeanRow;
  /** The difference is above 0 at 95 %. */
  readonly kept: boolean;
}

/** `improve.json`: what is done is not done again. */
interface State {
  readonly version: 1;
  /** Of the first bundle and the request: those of another are not continued. */
  readonly fingerprint: string;
  /** Also of the round that is not trained yet. */
  readonly gathered: readonly Gathered[];
  readonly rounds: readonly Round[];
}

export interface Improvement {
  /** Folder of the best bundle: `out`, or the one that was given where no round was kept. */
  readonly best: string;
  /** The round that it is of; 0 where none was kept. */
  readonly bestRound: number;
  readonly rounds: readonly Round[];
}

export interface RoundsOptions {
  /** Folder of the bundle that is improved. */
  readonly bundle: string;
  /** Where the best bundle goes; written only where a round is kept. */
  readonly out: string;
  readonly work: string;
  /** All that the result depends on but the bundle. */
  readonly settings: unknown;
  /** Continue what the same request began. */
  readonly resume: boolean;
  readonly say: (text: string) => void;
}

/**
 * @returns null where it was interrupted; what is done is kept
 * @throws UnderstudyError `checkpoint-mismatch` where the work folder is another request's; as the course's steps
 */
export async function improveByRounds(options: RoundsOptions, course: Course): Promise<Improvement | null> {
  const { bundle, out, work, say } = options;
  const file = join(work, 'improve.json');
  let state = openState(file, options, (await readBundle(bundle)).id);
  const keep = (change: Partial<State>): void => replaceJson(file, (state = { ...state, ...change }));
  while (state.rounds.length < course.rounds) {
    const round = state.rounds.length + 1;
    const best = state.rounds.findLast(({ kept }) => kept)?.folder ?? bundle;
    const name = `round ${round} of ${course.rounds}`;
    if (state.gathered.length < round) {
      say(`${name}: ${best} plays, and what it should do is gathered`);
      const gathered = await course.gather(round, best);
      if (gathered === null) return null;
      keep({ gathered: [...state.gathered, gathered] });
    }
    say(`${name}: training`);
    const sessions = state.gathered.map(({ session }) => session);
    const candidate = await course.train(round, sessions);
    if (candidate === null) return null;
    say(`${name}: ${candidate} is compared with ${best}`);
    const played = await course.play([best, candidate]);
    if (played === null) return null;
    const done = await compared(round, state.gathered[round - 1], { best, candidate, played });
    await recordIn(candidate, done);
    if (done.kept) await copyBundle(candidate, out);
    keep({ rounds: [...state.rounds, done] });
    say(`${name}: ${differenceText(done)} ${done.played.by} a fight, ${done.kept ? 'kept' : 'dropped'}`);
  }
  const bestRound = state.rounds.findLast(({ kept }) => kept)?.round ?? 0;
  return { best: bestRound === 0 ? bundle : out, bestRound, rounds: state.rounds };
}

interface Pair {
  readonly best: string;
  readonly candidate: string;
  readonly played: readonly [PlayedFights, PlayedFights];
}

async function compared(round: number, gathered: Gathered, { best, candidate, played }: Pair): Promise<Round> {
  const [before, after] = played;
  const difference = meanOf(after.values.map((value, fight) => value - before.values[fight]))!;
  return {
    round,
    gathered,
    folder: candidate,
    id: (await readBundle(candidate)).id,
    played: after,
    against: { folder: best, id: (await readBundle(best)).id, played: before },
    difference,
    kept: difference.low !== null && difference.low > 0,
  };
}

/** Writes the round into the record of its bundle, which keeps its id: the record is no part of it. */
async function recordIn(folder: string, { round, gathered, played, against, difference, kept }: Round): Promise<void> {
  const { manifest, encoder, head } = await readBundle(folder);
  const improved = { round, gathered, played, from: { id: against.id, played: against.played }, difference, kept };
  const description = { ...descriptionOf(manifest), training: { ...manifest.training, improved } };
  await writeBundle(folder, description, { encoder, head });
}

async function copyBundle(from: string, to: string): Promise<void> {
  const { manifest, encoder, head } = await readBundle(from);
  await writeBundle(to, { ...descriptionOf(manifest), name: basename(resolve(to)) }, { encoder, head });
}

/** `+0.120 [+0.050, +0.190]`, the mean over fights and its 95 % interval. */
export function differenceText({ difference: { mean, low, high } }: Round): string {
  const signed = (value: number): string => `${value > 0 ? '+' : ''}${value.toFixed(3)}`;
  return low === null || high === null ? signed(mean) : `${signed(mean)} [${signed(low)}, ${signed(high)}]`;
}

function openState(file: string, { settings, resume }: RoundsOptions, bundleId: string): State {
  const fingerprint = canonicalJson([bundleId, settings]);
  const fresh: State = { version: 1, fingerprint, gathered: [], rounds: [] };
  if (!resume || !existsSync(file)) return fresh;
  const stored = jsonValue(readFileSync(file, 'utf8')) as State | undefined;
  if (stored?.version === 1 && stored.fingerprint === fingerprint) return stored;
  throw new UnderstudyError({
    kind: 'input',
    code: 'checkpoint-mismatch',
    message: `${file} is damaged, or of other rounds: another bundle, other sessions or other options.`,
    next: 'Run without --resume to start again, or with the bundle and options of the first run.',
  });
}
