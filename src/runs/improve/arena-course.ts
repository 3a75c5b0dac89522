/** Rounds in the arena: the agent plays, the scripted expert says at each frame what it would hold. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ARENA_ACTIONS } from '../../arena/actions.js';
import type { Level } from '../../arena/fight.js';
import { UnderstudyError } from '../../core/errors.js';
import { jsonValue } from '../../core/json-lines.js';
import { rowOf } from '../../evaluation/arena/rows.js';
import { scoreInArena, type ArenaScore } from '../../evaluation/arena/score.js';
import { descriptionOf, readBundle, type Bundle } from '../../policy/bundle.js';
import { allFiles, filesAt } from '../../session/session-files.js';
import { Progress } from '../../terminal/progress.js';
import { canonicalJson, replaceJson } from '../../training/plain-json.js';
import { contractDifference, STUDY_CONTRACT } from '../../vision/preprocessing-contract.js';
import { RATE_HZ } from '../record/arena-demos.js';
import { recordDemos } from '../record/demos.js';
import { playedSchema, type Course, type Gathered, type PlayedFights } from '../../training/correction-rounds.js';

/** Fights that agents are compared in: far from the seeds of rounds, and from those of `evaluate --arena` if none is given. */
const COMPARED_SEED = 3_000_000;

/** Round k, from 0, has fights from `seed` + k times this: the most fights of a round. */
const SEEDS_A_ROUND = 1000;

export interface ArenaRounds {
  readonly rounds: number;
  /** Of each round; at most {@link SEEDS_A_ROUND}. */
  readonly fights: number;
  /** Of the first round's first fight. */
  readonly seed: number;
  readonly level: Level;
  /** The expert waits for the ground before it presses JUMP again. */
  readonly patient: boolean;
  /** Of the first round, 0..1: the part of the time in which the expert plays. Halved from round to round. */
  readonly teacherShare: number;
  /** Fights of each agent when they are compared. */
  readonly compareFights: number;
}

/** @param train as a course's @param work folder of the rounds */
export function arenaCourse(
  asked: ArenaRounds,
  { work, train, signal }: { readonly work: string; readonly train: Course['train']; readonly signal: AbortSignal },
): Course {
  return {
    rounds: asked.rounds,
    train,
    gather: (round, player) => gather(asked, round, player, work, signal),
    play: async (_, [best, candidate]) => {
      const before = await playedBy(best, asked, work, signal);
      const after = before && (await playedBy(candidate, asked, work, signal));
      return before && after && [before, after];
    },
  };
}

/** @throws UnderstudyError `bundle-mismatch` for a bundle that the arena's demonstrations cannot teach */
export function assertForArena({ manifest, actions, folder }: Bundle): void {
  const contract = contractDifference(STUDY_CONTRACT, manifest.preprocessing);
  const mismatches: readonly (readonly [field: string, got: unknown, expected: unknown])[] = [
    ['actions', actions.names.join(), ARENA_ACTIONS.names.join()],
    ['fps', manifest.fps, RATE_HZ],
    ...(contract === null ? [] : [[contract.field, contract.got, contract.expected] as const]),
  ];
  const wrong = mismatches.find(([, got, expected]) => got !== expected);
  if (wrong === undefined) return;
  const [field, got, expected] = wrong;
  throw new UnderstudyError({
    kind: 'input',
    code: 'bundle-mismatch',
    message: `${folder} cannot be improved in the arena: its ${field} is ${String(got)}, and the arena's demonstrations have ${String(expected)}.`,
    next: 'Improve it in its own game with --corrections and --judge-by.',
  });
}

/** How an agent plays, kept in a file whose name is a hash of all that the result depends on. */
async function playedBy(
  folder: string,
  { compareFights: fights, level }: ArenaRounds,
  work: string,
  signal: AbortSignal,
): Promise<PlayedFights | null> {
  const bundle = await readBundle(folder);
  const contract = { ...descriptionOf(bundle.manifest), name: null, training: null, metrics: null };
  const question = canonicalJson({ id: bundle.id, contract, fights, level, seed: COMPARED_SEED });
  const name = createHash('sha256').update(question).digest('hex').slice(0, 16);
  const file = join(work, `fights-${name}.json`);
  if (existsSync(file)) {
    const known = playedSchema.safeParse(jsonValue(readFileSync(file, 'utf8')));
    if (known.success) return known.data;
  }
  using progress = new Progress({ unit: 'fights', total: fights });
  const score = await scoreInArena({
    ...{ bundle, fights, level, signal, seed: COMPARED_SEED, withPlayers: false },
    onProgress: ({ done }) => progress.update(done),
  });
  progress.finish();
  if (score === null) return null;
  const played = playedOf(score);
  replaceJson(file, played);
  return played;
}

async function gather(
  asked: ArenaRounds,
  round: number,
  player: string,
  work: string,
  signal: AbortSignal,
): Promise<Gathered | null> {
  const { fights, level, patient } = asked;
  const seed = asked.seed + (round - 1) * SEEDS_A_ROUND;
  const teacherShare = asked.teacherShare / 2 ** (round - 1);
  const sessions = join(work, 'sessions');
  const name = `round-${round}`;
  // what an interrupted round left is recorded again
  for (const path of allFiles(filesAt(join(sessions, name)))) rmSync(path, { force: true });
  const played = await recordDemos(
    {
      player: 'agent',
      model: player,
      teacherShare,
      fights,
      seed,
      in: { kind: 'arena', level, patient, noise: 0 },
      video: false,
      out: sessions,
      name,
    },
    signal,
  );
  if (played.outcome !== 'done') return null;
  const how = { player: (await readBundle(player)).id, seed, level, teacherShare, won: played.wins };
  return { session: played.session, frames: played.frames, fights, how };
}

function playedOf({ perFight }: ArenaScore): PlayedFights {
  const { meanSeconds, meanHits, meanDamage, byPhase } = rowOf(perFight);
  const hits = byPhase.map((row) => [`hitsInPhase${row.phase}`, row.meanHits] as const);
  return {
    by: 'wins',
    values: perFight.map(({ outcome }) => (outcome === 'won' ? 1 : 0)),
    figures: { meanSeconds, meanHits, meanDamage, ...Object.fromEntries(hits) },
  };
}
