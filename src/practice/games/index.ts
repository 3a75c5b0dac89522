/** The games that an agent can practise in, by a name that can be sent to another thread. */
import type { Level } from '../../arena/fight/rules.js';
import type { PracticeGame } from '../stepped-game.js';
import { arenaGame } from './arena.js';

/** Plain data. A further game is a further kind. */
export interface GameName {
  readonly kind: 'arena';
  readonly level: Level;
}

export function practiceGame({ level }: GameName): PracticeGame {
  return arenaGame(level);
}
