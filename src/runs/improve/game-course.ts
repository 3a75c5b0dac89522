/** Rounds in a game: each adds a session of a person's corrections, and agents are compared by playing, in turns. */
import { scoreGame, type ScoredFight } from '../../evaluation/game-scores.js';
import { describeSession } from '../../session/info.js';
import { readSession } from '../../session/session.js';
import type { WatchedEnvironment } from '../environment.js';
import { evaluateGame, type EvaluateGameRequest } from '../game/evaluate-game.js';
import { readFights } from '../game/fights-file.js';
import { bestOf } from '../game/judge-ways.js';
import type { Course, Gathered, PlayedFights } from '../../training/correction-rounds.js';

export interface GameRounds {
  /** Sessions of corrections (`play --record`), one a round. */
  readonly corrections: readonly string[];
  /** How agents are compared; its models and players are not used. */
  readonly evaluation: EvaluateGameRequest;
}

/** @param train as a course's */
export function gameCourse(
  { corrections, evaluation }: GameRounds,
  { train, environment }: { readonly train: Course['train']; readonly environment: WatchedEnvironment },
): Course {
  return {
    rounds: corrections.length,
    train,
    gather: (round) => gatheredFrom(corrections[round - 1]),
    play: async (models) => {
      const played = await evaluateGame({ ...evaluation, models, players: '', resume: null }, environment);
      if (!played.complete) return null;
      const names = played.players.map(({ player }) => player);
      const fights = readFights(played.runDir, { game: played.game, players: names });
      const { by } = bestOf(scoreGame(names, fights).players);
      const [before, after] = names.map((name) =>
        playedOf(
          by,
          fights.filter(({ player }) => player === name),
        ),
      );
      return [before, after];
    },
  };
}

async function gatheredFrom(name: string): Promise<Gathered> {
  const { frames, fights, playedBy } = await describeSession(await readSession(name));
  // of a recording of the agent's play only a person's frames are trained on
  return { session: name, frames: playedBy?.human ?? frames, fights, how: { corrections: name } };
}

function playedOf(by: PlayedFights['by'], fights: readonly ScoredFight[]): PlayedFights {
  const inRounds = [...fights].sort((a, b) => a.round - b.round);
  const value = ({ outcome, seconds, meters }: ScoredFight): number =>
    by === 'wins' ? Number(outcome === 'won') : by === 'score' ? (meters['score'] ?? 0) : seconds;
  const mean = (of: (fight: ScoredFight) => number): number =>
    fights.reduce((sum, fight) => sum + of(fight), 0) / fights.length;
  return {
    by,
    values: inRounds.map(value),
    figures: { meanSeconds: mean(({ seconds }) => seconds) },
  };
}
