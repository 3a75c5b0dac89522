/** Rounds in a game that a program steps: the agent plays, the program's demonstrator says at each picture what it would hold. */
import { badOption } from '../../core/errors.js';
import { describeGame, identityOf, steppedOf } from '../../stepped/games/program.js';
import { rulesOf } from '../../stepped/games/index.js';
import { requireTrainedOn } from '../../stepped/play-fights.js';
import { playAsItDoes } from '../../stepped/player-threads.js';
import { valueOf } from '../../stepped/stepped-game.js';
import type { GameFile } from '../../games/game-file.js';
import type { Bundle } from '../../policy/bundle.js';
import { Progress } from '../../terminal/progress.js';
import { keyMapOf } from '../game-keyboard.js';
import type { Teaching, TeacherRounds } from './teacher-course.js';

export interface SteppedRounds extends TeacherRounds {
  readonly file: GameFile;
  /** Whether its program may be run. */
  readonly allowLaunch: boolean;
}

/**
 * @param bundle the agent: its rate and its pictures are those of the rounds
 * @throws UnderstudyError `bad-option` where the game has no demonstrator; `bundle-mismatch` for an agent of another one; as steppedOf and describeGame
 */
export async function steppedTeaching(
  { file, allowLaunch }: Pick<SteppedRounds, 'file' | 'allowLaunch'>,
  bundle: Bundle,
): Promise<Teaching> {
  const { fps, preprocessing } = bundle.manifest;
  const game = steppedOf(file, allowLaunch);
  const described = await describeGame(game, fps);
  const rules = rulesOf(described);
  requireTrainedOn(bundle, rules);
  if (!described.description.demonstrator) {
    throw badOption(
      `${file.name} has no demonstrator that could correct the agent: its program tells of none.`,
      'Make it better by reward alone with `understudy practice`, or record corrections of yours (`play --record`).',
    );
  }
  return {
    in: { kind: 'stepped', game, keys: keyMapOf({}, file), rateHz: fps, contract: preprocessing },
    how: { game: file.name },
    identity: identityOf(described),
    play: async (player, { seed, fights }, signal) => {
      using progress = new Progress({ unit: 'fights', total: fights });
      const onFight = (done: number): void => progress.update(done);
      const played = await playAsItDoes({ bundle: player, game: described, firstSeed: seed, fights, signal, onFight });
      progress.finish();
      if (played === null) return null;
      const meanSeconds = played.reduce((sum, { events }) => sum + events['seconds'], 0) / fights;
      return { by: rules.judgedBy, values: played.map((fight) => valueOf(rules, fight)), figures: { meanSeconds } };
    },
  };
}
