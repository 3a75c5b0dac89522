/** The game that a user names to practise in. */
import type { Level } from '../arena/fight/rules.js';
import { badOption } from '../core/errors.js';
import { readGameFile } from '../games/game-file.js';
import { readBundle } from '../policy/bundle.js';
import type { GameName } from '../stepped/games/index.js';
import { describeGame, steppedOf } from '../stepped/games/program.js';

export interface NamedGame {
  readonly arena?: boolean;
  /** At least one, in turn. */
  readonly level?: readonly Level[];
  /** Path or name of a game file. */
  readonly game?: string;
  readonly allowLaunch?: boolean;
}

/**
 * @param bundle folder of the agent that practises: the game is asked for periods of its rate
 * @throws UnderstudyError `bad-option` for none or two, or an option that is the other's; as readGameFile, steppedOf, describeGame
 */
export async function gameNamed(
  { arena = false, level, game, allowLaunch }: NamedGame,
  bundle: string,
): Promise<GameName> {
  if (arena === (game !== undefined)) {
    throw badOption('Practice is in the arena or in a game that a program steps.', 'Give --arena or --game.');
  }
  if (game === undefined) {
    if (allowLaunch === true) throw badOption('--allow-launch is for --game.', 'Leave it out.');
    return { kind: 'arena', levels: level ?? ['normal'] };
  }
  if (level !== undefined) throw badOption('--level is for --arena.', 'Leave it out.');
  const { manifest } = await readBundle(bundle);
  return await describeGame(steppedOf(readGameFile(game), allowLaunch ?? false), manifest.fps);
}
