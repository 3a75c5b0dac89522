/** The scripted players by name. */
import { NONE_HELD } from '../../core/action-set.js';
import { actionBit } from '../actions.js';
import { ExpertPlayer, type ExpertOptions } from './expert.js';
import type { Player } from './player.js';
import { RandomPlayer, steadyPlayer } from './simple.js';

/** In the order in which a report lists the players. */
export const PLAYER_NAMES = ['expert', 'idle', 'shoot', 'random'] as const;
export type PlayerName = (typeof PLAYER_NAMES)[number];

/**
 * A player, ready for its first fight.
 *
 * @param patient of the expert alone, see {@link ExpertOptions}
 */
export function createPlayer(
  name: PlayerName,
  seed = 0,
  { patient = false }: Pick<ExpertOptions, 'patient'> = {},
): Player {
  switch (name) {
    case 'expert':
      return new ExpertPlayer({ seed, patient });
    case 'idle':
      return steadyPlayer(NONE_HELD);
    case 'shoot':
      return steadyPlayer(actionBit('SHOOT'));
    case 'random':
      return new RandomPlayer(seed);
  }
}
