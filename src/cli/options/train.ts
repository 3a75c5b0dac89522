/** The options of `train` as Commander passes them, and the request that they make. */
import { resolve } from 'node:path';
import { badOption } from '../../core/errors.js';
import { given } from '../../core/given.js';
import { askedSettings, type AskedSettings } from '../../training/asked-settings.js';
import type { AskedPictures } from '../../training/picture-contract.js';
import type { TrainRequest } from '../../training/train-sessions.js';
import { gameFileOf } from './window.js';
import { readingOptions, type ReadingOptions } from './session.js';
import type { LabelRule } from '../../session/labels.js';
import { WHOLE_WINDOW } from '../../vision/preprocessing-contract.js';
import type { SplitUnit } from '../../session/splits.js';
import type { EngineName } from '../../training/engine.js';

export interface TrainVerbOptions extends ReadingOptions, AskedSettings {
  readonly out: string;
  /** A game file, for its crop. */
  readonly game?: string;
  readonly picture?: AskedPictures['size'];
  readonly labelRule: LabelRule;
  readonly labelLeadMs: number;
  readonly split: SplitUnit;
  readonly validation: number;
  readonly test: number;
  readonly storage: 'float32' | 'float16';
  readonly engine: EngineName;
  readonly deterministic?: boolean;
  readonly work?: string;
  readonly resume?: boolean;
  readonly json?: boolean;
}

/** How `train` judges the ways to act by playing. */
export interface JudgeOptions {
  /** A game file. */
  readonly judgeBy?: string;
  /** Of each way. */
  readonly judgeFights?: number;
  readonly allowLaunch?: boolean;
}

/** The command line as it was typed, for the record of what it made. */
export const typedCommand = (): string => `understudy ${process.argv.slice(2).join(' ')}`;

/**
 * The training that the options ask for. @throws UnderstudyError `bad-option` for options that contradict each other
 */
export function trainRequest(sessions: readonly string[], options: TrainVerbOptions): TrainRequest {
  const { out, preset, labelRule, labelLeadMs, split: by, validation, test, storage, engine } = options;
  const settings = askedSettings(options);
  const pictures = askedPictures(options);
  if (options.encoder !== undefined && (pictures.crop ?? pictures.size) !== null) {
    throw badOption(
      '--encoder takes pictures of the size and the crop that its bundle was trained with.',
      'Leave --picture and --game out.',
    );
  }
  return {
    sessions,
    out,
    work: options.work ?? `${resolve(out)}.work`,
    encoder: options.encoder ?? null,
    preset,
    settings,
    pictures,
    reading: readingOptions(options),
    labelRule,
    labelLeadMs,
    split: { by, seed: settings.head.seed, validation, test },
    storage,
    engine,
    deterministic: options.deterministic ?? false,
    resume: options.resume ?? false,
    command: typedCommand(),
  };
}

/** A game file without a crop means the whole window, as it does to `record`. @throws UnderstudyError as readGameFile */
export function askedPictures({ game, picture = null }: Pick<TrainVerbOptions, 'game' | 'picture'>): AskedPictures {
  const file = gameFileOf(given({ game }));
  return { crop: file && (file.crop ?? WHOLE_WINDOW), size: picture };
}
