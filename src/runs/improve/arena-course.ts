/** Rounds in the arena: the agent plays, the scripted expert says at each frame what it would hold. */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Level } from '../../arena/fight.js';
import { parseJson } from '../../core/json-lines.js';
import { rowOf } from '../../evaluation/arena/rows.js';
import { scoreInArena, type ArenaScore } from '../../evaluation/arena/score.js';
import { readBundle } from '../../policy/bundle.js';
import { allFiles, filesAt } from '../../session/session-files.js';
import { Progress } from '../../terminal/progress.js';
import { replaceJson } from '../../training/plain-json.js';
import { recordDemos } from '../record/demos.js';
import type { Course, Gathered, PlayedFights } from '../../training/correction-rounds.js';

/** Fights that agents are compared in: no seed of a round, of `demos` or of `evaluate --arena` comes near. */
export const COMPARED_SEED = 3_000_000;

/** Round k, from 0, has fights from `seed` + k times this: the most fights of a round. */
export const SEEDS_A_ROUND = 1000;

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

/** @param train as a course's */
export function arenaCourse(
  asked: ArenaRounds,
  { work, train, signal }: { readonly work: string; readonly train: Course['train']; readonly signal: AbortSignal },
): Course {
  const scoreOf = async (folder: string): Promise<PlayedFights | null> => {
    const bundle = await readBundle(folder);
    const file = join(work, `fights-${bundle.id}.json`);
    if (existsSync(file)) return parseJson(readFileSync(file, 'utf8')) as PlayedFights;
    const { compareFights: fights, level } = asked;
    using progress = new Progress({ unit: 'fights', total: fights });
    const onProgress = ({ done }: { readonly done: number }): void => progress.update(done);
    const score = await scoreInArena({
      bundle,
      fights,
      seed: COMPARED_SEED,
      level,
      withPlayers: false,
      signal,
      onProgress,
    });
    progress.finish();
    if (score === null) return null;
    const played = playedOf(score);
    replaceJson(file, played);
    return played;
  };
  return {
    rounds: asked.rounds,
    train,
    gather: (round, player) => gather(asked, round, player, work, signal),
    play: async ([best, candidate]) => {
      const before = await scoreOf(best);
      const after = before && (await scoreOf(candidate));
      return before && after && [before, after];
    },
  };
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
      level,
      patient,
      noise: 0,
      video: false,
      out: sessions,
      name,
    },
    signal,
  );
  if (played.outcome !== 'done') return null;
  const how = { player, seed, level, teacherShare, won: played.wins };
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
