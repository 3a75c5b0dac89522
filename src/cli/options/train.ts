/** The options of `train` as Commander passes them, and the request that they make. */
import { given } from '../../core/given.js';
import { askedTraining, type AskedBeside, type AskedTraining } from '../../training/asked-training.js';
import type { AskedPictures } from '../../training/picture-contract.js';
import type { TrainRequest } from '../../training/train-sessions.js';
import { WHOLE_WINDOW } from '../../vision/preprocessing-contract.js';
import { gameFileOf } from './window.js';

/** The options of `train` and `sweep` that say what pictures are like. */
export interface PictureOptions {
  /** A game file, for its crop. */
  readonly game?: string;
  readonly picture?: AskedPictures['size'];
}

export interface TrainVerbOptions extends AskedTraining, PictureOptions {
  readonly json?: boolean;
}

/** The command line as it was typed, for the record of what it made; without a queue's user and password. */
export const typedCommand = (): string =>
  `understudy ${process.argv.slice(2).join(' ')}`.replaceAll(/(rediss?:\/\/)\S*@/g, '$1***@');

/**
 * The training that the options ask for. @throws UnderstudyError `bad-option` for options that contradict each other
 */
export function trainRequest(sessions: readonly string[], options: TrainVerbOptions): TrainRequest {
  return askedTraining(sessions, options, askedBeside(options));
}

/**
 * What is asked for beside the settings. A game file without a crop means the whole window, as it does to `record`; reading
 * the pictures throws as readGameFile.
 */
export function askedBeside({ game, picture = null }: PictureOptions): AskedBeside {
  const pictures = (): AskedPictures => {
    const file = gameFileOf(given({ game }));
    return { crop: file && (file.crop ?? WHOLE_WINDOW), size: picture };
  };
  return { pictures, command: typedCommand() };
}
