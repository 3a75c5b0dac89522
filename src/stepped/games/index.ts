/** The games that can be stepped, by a name that can be sent to another thread. */
import type { Level } from '../../arena/fight/rules.js';
import type { SteppedRules } from '../stepped-game.js';
import { arenaGame } from './arena.js';
import { programGame, type ProgramName } from './program.js';

/** Plain data. A further game is a further kind. `levels`: at least one; seed k is played on level k modulo their number. */
export type GameName = { readonly kind: 'arena'; readonly levels: readonly Level[] } | ProgramName;

export function rulesOf(game: GameName): SteppedRules {
  return game.kind === 'arena' ? arenaGame(game.levels) : programGame(game);
}
