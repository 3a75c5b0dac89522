/**
 * Rounds of correction (dataset aggregation: S. Ross et al., AISTATS 2011): the best agent so far plays, what it should
 * have done is gathered, an agent is trained on everything gathered so far, and it is kept only where it plays better
 * beyond the noise. Knows neither the arena nor a game: a {@link Course} says how each step is done.
 */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { z } from 'zod';
import { UnderstudyError } from '../core/errors.js';
import { jsonValue } from '../core/json-lines.js';
import { correctionRoundsFigure, type PlayedRound } from '../evaluation/figures/correction-rounds.js';
import type { Figure } from '../evaluation/figures/figure.js';
import { compareFights, differenceText } from '../evaluation/better.js';
import { meanOf } from '../evaluation/game-scores.js';
import { wilson95 } from '../evaluation/intervals.js';
import { descriptionOf, readBundle, writeBundle } from '../policy/bundle.js';
import { canonicalJson, replaceJson } from '../core/plain-json.js';

export const playedSchema = z.object({
  /** `wins`; or `score`, `seconds`, or the event of a stepped game, of which more is better. */
  by: z.string().min(1),
  values: z.array(z.number().nullable()).min(1),
  figures: z.record(z.string(), z.number()),
});

/** How one agent played: `by` what it is compared, [fights] of that (1 or 0 for a win, null where it was not read), other figures. */
export type PlayedFights = Readonly<z.infer<typeof playedSchema>>;

const gatheredSchema = z.object({
  /** Path of the session. */
  session: z.string(),
  frames: z.number(),
  fights: z.number(),
  /** How it was gathered, for the record: seeds, the teacher's share. */
  how: z.record(z.string(), z.union([z.number(), z.string()])),
});

/** What a round adds to the sessions that are trained on. */
export type Gathered = Readonly<z.infer<typeof gatheredSchema>>;

const roundSchema = z.object({
  /** 1-based */
  round: z.number().int().min(1),
  gathered: gatheredSchema,
  /** The round's bundle. */
  folder: z.string(),
  id: z.string(),
  played: playedSchema,
  /** The best bundle before this round. */
  against: z.object({ folder: z.string(), id: z.string(), played: playedSchema }),
  /** Of `played` to that of `against`, over the fights that both have. */
  difference: z.object({
    n: z.number(),
    mean: z.number(),
    low: z.number().nullable(),
    high: z.number().nullable(),
  }),
  kept: z.boolean(),
});

/** One round, as it is kept and printed. */
export type Round = Readonly<z.infer<typeof roundSchema>>;

/** `improve.json`: what is done is not done again. */
const stateSchema = z.object({
  version: z.literal(1),
  /** Of the first bundle and the request: those of another are not continued. */
  fingerprint: z.string(),
  /** Also of the round that is not trained yet. */
  gathered: z.array(gatheredSchema),
  rounds: z.array(roundSchema),
});

type State = z.infer<typeof stateSchema>;

/** How the steps of a round are done. Each returns null where it was interrupted. */
export interface Course {
  /** >= 1 */
  readonly rounds: number;
  /** @param round 1-based @param player folder of the best bundle so far */
  gather(round: number, player: string): Promise<Gathered | null>;
  /** Trains on the sessions that there were at first and on those gathered. @returns the bundle's folder */
  train(round: number, gathered: readonly string[]): Promise<string | null>;
  /**
   * Two agents in the same fights, which nothing is trained on, or in turns.
   *
   * @param agents folders of bundles
   * @param by what the first round was compared by; null for that one
   */
  play(
    round: number,
    agents: readonly [best: string, candidate: string],
    by: PlayedFights['by'] | null,
  ): Promise<readonly [PlayedFights, PlayedFights] | null>;
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

/** In the work folder: the rounds' sessions and bundles. */
export const ROUNDS_FOLDER = 'rounds';
const STATE_FILE = 'improve.json';

/**
 * @returns null where it was interrupted; what is done is kept
 * @throws UnderstudyError `checkpoint-mismatch` where the work folder is another request's; `bad-option` where what
 *   lies in it is not of rounds; as the course's steps
 */
export async function improveByRounds(options: RoundsOptions, course: Course): Promise<Improvement | null> {
  const { bundle, out, work, say } = options;
  const file = join(work, STATE_FILE);
  let state = openState(file, options, (await readBundle(bundle)).id);
  const keep = (change: Partial<State>): void => replaceJson(file, (state = { ...state, ...change }));
  while (state.rounds.length < course.rounds) {
    const round = state.rounds.length + 1;
    const best = bestOf(state)?.folder ?? bundle;
    const name = `round ${round} of ${course.rounds}`;
    if (state.gathered.length < round) {
      say(`${name}: gathering what ${best} should do`);
      const gathered = await course.gather(round, best);
      if (gathered === null) return null;
      keep({ gathered: [...state.gathered, gathered] });
    }
    say(`${name}: training`);
    const sessions = state.gathered.map(({ session }) => session);
    const candidate = await course.train(round, sessions);
    if (candidate === null) return null;
    say(`${name}: ${candidate} is compared with ${best}`);
    const played = await course.play(round, [best, candidate], state.rounds.at(0)?.played.by ?? null);
    if (played === null) return null;
    const done = await compared(round, state.gathered, { best, candidate, played });
    keep({ rounds: [...state.rounds, done] });
    await publish(bestOf(state), out);
    say(`${name}: ${differenceText(done.difference)} ${done.played.by} a fight, ${done.kept ? 'kept' : 'dropped'}`);
  }
  const best = bestOf(state);
  await publish(best, out);
  return { best: best === undefined ? bundle : out, bestRound: best?.round ?? 0, rounds: state.rounds };
}

const bestOf = ({ rounds }: State): Round | undefined => rounds.findLast(({ kept }) => kept);

interface Pair {
  readonly best: string;
  readonly candidate: string;
  readonly played: readonly [PlayedFights, PlayedFights];
}

/** Compares fight by fight, and writes the round into the record of its bundle, whose id that does not change. */
async function compared(round: number, gathered: readonly Gathered[], pair: Pair): Promise<Round> {
  const { best, candidate, played } = pair;
  const [before, after] = played;
  if (before.by !== after.by) throw new Error('not the same fights');
  const comparison = compareFights(before.values, after.values, after.by === 'wins');
  if (comparison === null) throw unread(after.by);
  const { difference, isBetter: kept } = comparison;
  const { manifest, encoder, head, id } = await readBundle(candidate);
  const { id: bestId } = await readBundle(best);
  const rounds = gathered.map(({ session, ...rest }) => ({ session: basename(session), ...rest }));
  const improved = { round, gathered: rounds, played: after, from: { id: bestId, played: before }, difference, kept };
  const description = { ...descriptionOf(manifest), training: { ...manifest.training, improved } };
  await writeBundle(candidate, description, { encoder, head });
  const against = { folder: best, id: bestId, played: before };
  return { round, gathered: gathered[round - 1], folder: candidate, id, played: after, against, difference, kept };
}

/** Puts the best bundle into its place, unless it is there. */
async function publish(best: Round | undefined, out: string): Promise<void> {
  if (best === undefined) return;
  const there = await readBundle(out).catch(() => null);
  if (there?.id === best.id) return;
  const { manifest, encoder, head } = await readBundle(best.folder);
  await writeBundle(out, { ...descriptionOf(manifest), name: basename(resolve(out)) }, { encoder, head });
}

const MEASURES: Readonly<Record<string, string>> = { wins: 'fights won, %', seconds: 'seconds a fight' };

/** The agent that was given, then that of each round. @param rounds at least one */
export function figureOf(rounds: readonly Round[]): Figure {
  const all = [{ round: 0, kept: true, played: rounds[0].against.played }, ...rounds];
  const points = all.map(({ round, kept, played: { by, values } }): PlayedRound => {
    const read = values.filter((value) => value !== null);
    if (by !== 'wins') return { round, kept, ...(meanOf(read) ?? { mean: 0, low: null, high: null }) };
    const wins = read.filter((value) => value === 1).length;
    const [low, high] = wilson95(wins, read.length);
    return { round, kept, mean: (100 * wins) / read.length, low: 100 * low, high: 100 * high };
  });
  return correctionRoundsFigure(points, MEASURES[rounds[0].played.by] ?? rounds[0].played.by);
}

/** The state to continue from; of a new run it is on the disk before anything of an earlier one is removed. */
function openState(file: string, { settings, resume, work }: RoundsOptions, bundleId: string): State {
  const fingerprint = canonicalJson([bundleId, settings]);
  const rounds = join(work, ROUNDS_FOLDER);
  if (existsSync(rounds) && !existsSync(file)) {
    throw new UnderstudyError({
      kind: 'usage',
      code: 'bad-option',
      message: `${rounds} exists and is not of an improvement: there is no ${STATE_FILE} beside it.`,
      next: 'Name another work folder with --work.',
    });
  }
  if (resume && existsSync(file)) {
    const stored = stateSchema.safeParse(jsonValue(readFileSync(file, 'utf8')));
    if (stored.success && stored.data.fingerprint === fingerprint) return stored.data;
    throw new UnderstudyError({
      kind: 'input',
      code: 'checkpoint-mismatch',
      message: `${file} is damaged, or of other rounds: another bundle, other sessions or other options.`,
      next: 'Run without --resume to start again, or with the bundle and options of the first run.',
    });
  }
  const fresh: State = { version: 1, fingerprint, gathered: [], rounds: [] };
  replaceJson(file, fresh);
  rmSync(rounds, { recursive: true, force: true });
  return fresh;
}

function unread(by: PlayedFights['by']): UnderstudyError {
  return new UnderstudyError({
    kind: 'input',
    code: 'run-invalid',
    message: `No fight of both agents has a ${by}: there is nothing to compare.`,
    next: 'See with `understudy game check` why it is not read, mend the game file, and run the same command with --resume.',
  });
}
