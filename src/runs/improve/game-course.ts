/** Rounds in a game: each adds a session of a person's corrections, and agents are compared by playing, in turns. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { UnderstudyError } from '../../core/errors.js';
import { scoreGame, type ScoredFight } from '../../evaluation/game-scores.js';
import { describeSession } from '../../session/info.js';
import { readSession } from '../../session/session.js';
import type { Course, Gathered, PlayedFights } from '../../training/correction-rounds.js';
import type { WatchedEnvironment } from '../environment.js';
import { evaluateGame, type EvaluateGameRequest } from '../game/evaluate-game.js';
import { FIGHTS_FILE, readFights } from '../game/fights-file.js';
import { bestOf } from '../game/judge-ways.js';

export interface GameRounds {
  /** Sessions of corrections (`play --record`), one a round. */
  readonly corrections: readonly string[];
  /** How agents are compared; its models, players and run folder are not used. */
  readonly evaluation: EvaluateGameRequest;
}

/** @param train as a course's @param work folder of the rounds */
export function gameCourse(
  { corrections, evaluation }: GameRounds,
  {
    work,
    train,
    environment,
  }: { readonly work: string; readonly train: Course['train']; readonly environment: WatchedEnvironment },
): Course {
  return {
    rounds: corrections.length,
    train,
    gather: (round) => correctionsOf(corrections[round - 1]),
    play: async (round, models, by) => {
      const runs = join(work, `played-${round}`);
      const keep = { ...evaluation.keep, runs };
      const resume = begunIn(runs);
      const played = await evaluateGame({ ...evaluation, models, players: '', keep, resume }, environment);
      if (!played.complete) {
        if (environment.signals.signal.aborted) return null;
        throw closed(played.fights);
      }
      const names = played.players.map(({ player }) => player);
      const fights = readFights(played.runDir, { game: played.game, players: names });
      const value = by ?? bestOf(scoreGame(names, fights).players).by;
      const [before, after] = names.map((name) => playedOf(value, fights, name));
      return [before, after];
    },
  };
}

/** @throws UnderstudyError `session-invalid` where nothing of it is a person's; as readSession */
export async function correctionsOf(name: string): Promise<Gathered> {
  const { frames, framesInFights, fights, playedBy } = await describeSession(await readSession(name));
  const persons = playedBy?.human ?? framesInFights;
  if (persons > 0) return { session: name, frames: persons, fights, how: { recorded: frames } };
  throw new UnderstudyError({
    kind: 'input',
    code: 'session-invalid',
    message: `No frame of ${name} was played by a person: there is nothing to learn from.`,
    next: 'Take over while `play --record` records: press a key of the game, and play; or leave the session out.',
  });
}

/** The run folder of a comparison that was interrupted, or null. */
function begunIn(runs: string): string | null {
  if (!existsSync(runs)) return null;
  const folders = readdirSync(runs).sort();
  const begun = folders.findLast((folder) => existsSync(join(runs, folder, FIGHTS_FILE)));
  return begun === undefined ? null : join(runs, begun);
}

function closed(fights: number): UnderstudyError {
  return new UnderstudyError({
    kind: 'environment',
    code: 'window-closed',
    message: `The game's window closed before both agents had played ${fights} fights.`,
    next: 'Start the game, and run the same command with --resume: the fights so far are kept.',
  });
}

function playedOf(by: PlayedFights['by'], all: readonly ScoredFight[], player: string): PlayedFights {
  const fights = all.filter((fight) => fight.player === player).sort((a, b) => a.round - b.round);
  const value = ({ outcome, seconds, meters }: ScoredFight): number | null =>
    by === 'wins' ? Number(outcome === 'won') : by === 'score' ? (meters['score'] ?? null) : seconds;
  const meanSeconds = fights.reduce((sum, { seconds }) => sum + seconds, 0) / fights.length;
  return { by, values: fights.map(value), figures: { meanSeconds } };
}
