/** Demonstrations of the arena: a scripted player on a virtual clock. */
import { ARENA_ACTIONS } from '../../arena/actions.js';
import { DEFAULT_PICTURE_SIZE } from '../../arena/canvas.js';
import { createPlayer } from '../../arena/players/index.js';
import type { VirtualClock } from '../../core/clock.js';
import { badOption } from '../../core/errors.js';
import { given } from '../../core/given.js';
import { STUDY_CONTRACT } from '../../vision/preprocessing-contract.js';
import type { ArenaDemos, DemosOptions, Demonstrations } from './demonstrations.js';
import { openHand } from './hand.js';
import { recordFights } from './record-fights.js';

/** The study's rate; every shipped model plays at it. */
export const RATE_HZ = 10;

/** @throws UnderstudyError `bad-option` for a player that the arena does not have; as openHand */
export async function openArenaDemos(
  options: DemosOptions,
  { level, noise, patient = false }: ArenaDemos,
  clock: VirtualClock,
): Promise<Demonstrations> {
  const { player, fights, seed, teacherShare, video } = options;
  if (player === 'demonstrator') {
    throw badOption('--player demonstrator: the arena has none.', 'Name another player, or a game with --game.');
  }
  const teacher = player === 'agent' ? 'expert' : player;
  const hand =
    player === 'agent' ? await openHand(options.model, { actions: ARENA_ACTIONS, rateHz: RATE_HZ }, clock) : null;
  const teacherText = teacherShare === undefined ? '' : `, the expert ${teacherShare} of the time`;
  // without a video only the gray frame of a picture is used, and that is the same bit for bit at the smaller size
  const thinnedTo = video ? undefined : { width: STUDY_CONTRACT.width, height: STUDY_CONTRACT.height };
  return {
    session: {
      rateHz: RATE_HZ,
      ...(thinnedTo ?? DEFAULT_PICTURE_SIZE),
      source: `arena, ${player}${teacherText}${patient ? ', patient' : ''}, level ${level}, seeds ${seed} to ${seed + fights - 1}, noise ${noise}`,
      contract: STUDY_CONTRACT,
    },
    record: async (writer, onFrame, signal) => {
      const played = await recordFights({
        ...{ writer, clock, rateHz: RATE_HZ, fights, seed, level, noise, onFrame, signal },
        player: createPlayer(teacher, seed, { patient }),
        ...given({ hand: hand ?? undefined, teacherShare, thinnedTo }),
      });
      return played.map(({ outcome }) => outcome!); // each was played to its end
    },
    [Symbol.asyncDispose]: async () => hand?.[Symbol.asyncDispose](),
  };
}
