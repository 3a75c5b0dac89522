/** Scripted fights as a user asks for them, and what is recorded then: in the arena, or in a game that a program steps. */
import { given } from '../../core/given.js';
import { readGameFile, type GameFile } from '../../games/game-file.js';
import { steppedOf } from '../../stepped/games/program.js';
import { STUDY_CONTRACT, type PreprocessingContract } from '../../vision/preprocessing-contract.js';
import { keyMapOf } from '../game-keyboard.js';
import { RATE_HZ } from './arena-demos.js';
import type { ArenaDemos, DemosOptions, DemosPlayer, SteppedDemos } from './demonstrations.js';

export interface AskedDemos
  extends Omit<DemosOptions, 'in' | 'teacherShare' | 'player'>, Omit<ArenaDemos, 'kind'>, AskedStepping {
  /** Default the expert, or the demonstrator of a game. */
  readonly player?: DemosPlayer;
  /** A game file; default the arena. */
  readonly game?: string;
}

interface AskedStepping {
  /** Pictures a second; default the game file's. */
  readonly rate?: number;
  readonly picture?: Pick<PreprocessingContract, 'width' | 'height'>;
  /** Its program may be run. */
  readonly allowLaunch?: boolean;
}

/** @throws UnderstudyError as readGameFile and steppedOf */
export function askedDemos(asked: AskedDemos): DemosOptions {
  const { player, model, fights, seed, out, name, video, level, noise, patient, game } = asked;
  const session = { fights, seed, out, name, video, ...given({ model }) };
  if (game === undefined) {
    return { ...session, player: player ?? 'expert', in: { kind: 'arena', level, noise, ...given({ patient }) } };
  }
  return { ...session, player: player ?? 'demonstrator', in: steppedDemos(readGameFile(game), asked) };
}

/** What `record` would take from the game file, of the program that steps the game. @throws UnderstudyError as steppedOf */
function steppedDemos(file: GameFile, { rate, picture, allowLaunch = false }: AskedStepping): SteppedDemos {
  const crop = file.crop ?? STUDY_CONTRACT.crop;
  return {
    kind: 'stepped',
    game: steppedOf(file, allowLaunch),
    keys: keyMapOf({}, file),
    rateHz: rate ?? file.rateHz ?? RATE_HZ,
    contract: { ...STUDY_CONTRACT, ...picture, crop },
  };
}
