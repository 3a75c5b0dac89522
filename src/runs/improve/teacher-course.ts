/** Rounds with a teacher that can be asked at every picture: the agent plays, and what the teacher would hold is recorded. */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { jsonValue } from '../../core/json-lines.js';
import { descriptionOf, readBundle, type Bundle } from '../../policy/bundle.js';
import { allFiles, filesAt } from '../../session/session-files.js';
import { playedSchema, type Course, type Gathered, type PlayedFights } from '../../training/correction-rounds.js';
import { hashOf, replaceJson } from '../../core/plain-json.js';
import { recordDemos } from '../record/demos.js';
import type { DemosOptions } from '../record/demonstrations.js';

/** Fights that agents are compared in: far from the seeds of rounds, and from those of scores if none is given. */
const COMPARED_SEED = 3_000_000;

/** Round k, from 0, has fights from `seed` + k times this: the most fights of a round. */
const SEEDS_A_ROUND = 1000;

export interface TeacherRounds {
  readonly rounds: number;
  /** Of each round; at most {@link SEEDS_A_ROUND}. */
  readonly fights: number;
  /** Of the first round's first fight. */
  readonly seed: number;
  /** Of the first round, 0..1: the part of the time in which the teacher plays. Halved from round to round. */
  readonly teacherShare: number;
  /** Fights of each agent when they are compared. */
  readonly compareFights: number;
}

/** The game in which it is taught. */
export interface Teaching {
  readonly in: DemosOptions['in'];
  /** What tells its fights from those of others, for the record: `level`, or `game`. */
  readonly how: Readonly<Record<string, string>>;
  /** All that its fights depend on beside the agent and the seed. */
  readonly identity: object;
  /** @returns null where the signal came */
  readonly play: (
    bundle: Bundle,
    fights: { readonly seed: number; readonly fights: number },
    signal: AbortSignal,
  ) => Promise<PlayedFights | null>;
}

interface CourseParts {
  /** Folder of the rounds. */
  readonly work: string;
  /** As a course's. */
  readonly train: Course['train'];
  readonly signal: AbortSignal;
}

export function teacherCourse(asked: TeacherRounds, teaching: Teaching, parts: CourseParts): Course {
  return {
    rounds: asked.rounds,
    train: parts.train,
    gather: (round, player) => gather(asked, teaching, parts, round, player),
    play: async (_, [best, candidate]) => {
      const before = await playedBy(best, asked, teaching, parts);
      const after = before && (await playedBy(candidate, asked, teaching, parts));
      return before && after && [before, after];
    },
  };
}

/** How an agent plays, kept in a file whose name is a hash of all that the result depends on. */
async function playedBy(
  folder: string,
  { compareFights: fights }: TeacherRounds,
  { identity, play }: Teaching,
  { work, signal }: CourseParts,
): Promise<PlayedFights | null> {
  const bundle = await readBundle(folder);
  const contract = { ...descriptionOf(bundle.manifest), name: null, training: null, metrics: null };
  const question = { id: bundle.id, contract, fights, ...identity, seed: COMPARED_SEED };
  const file = join(work, `fights-${hashOf(question, 16)}.json`);
  if (existsSync(file)) {
    const known = playedSchema.safeParse(jsonValue(readFileSync(file, 'utf8')));
    if (known.success) return known.data;
  }
  const played = await play(bundle, { seed: COMPARED_SEED, fights }, signal);
  if (played !== null) replaceJson(file, played);
  return played;
}

async function gather(
  asked: TeacherRounds,
  teaching: Teaching,
  { work, signal }: CourseParts,
  round: number,
  player: string,
): Promise<Gathered | null> {
  const { fights } = asked;
  const seed = asked.seed + (round - 1) * SEEDS_A_ROUND;
  const teacherShare = asked.teacherShare / 2 ** (round - 1);
  const out = join(work, 'sessions');
  const name = `round-${round}`;
  // what an interrupted round left is recorded again
  for (const path of allFiles(filesAt(join(out, name)))) rmSync(path, { force: true });
  const how = { model: player, teacherShare, fights, seed, in: teaching.in };
  const played = await recordDemos({ player: 'agent', ...how, video: false, out, name }, signal);
  if (played.outcome !== 'done') return null;
  const { id } = await readBundle(player);
  return {
    session: played.session,
    frames: played.frames,
    fights,
    how: { player: id, seed, ...teaching.how, teacherShare, won: played.wins },
  };
}
