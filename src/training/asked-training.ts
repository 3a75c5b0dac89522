/** A training as a user asks for it, and the request that it makes: what was left out is filled in. */
import { resolve } from 'node:path';
import { badOption } from '../core/errors.js';
import type { ReadOptions } from '../session/event-log.js';
import type { LabelRule } from '../session/labels.js';
import { readingOptions } from '../session/read-options.js';
import type { SplitUnit } from '../session/splits.js';
import { askedSettings, type AskedSettings } from './asked-settings.js';
import type { EngineName } from './engine.js';
import type { AskedPictures } from './picture-contract.js';
import type { TrainRequest } from './train-sessions.js';

export interface AskedTraining extends ReadOptions, AskedSettings {
  readonly out: string;
  readonly labelRule: LabelRule;
  readonly labelLeadMs: number;
  readonly split: SplitUnit;
  readonly validation: number;
  readonly test: number;
  readonly storage: 'float32' | 'float16';
  readonly engine: EngineName;
  readonly deterministic?: boolean;
  /** Default `<out>.work`. */
  readonly work?: string;
  readonly resume?: boolean;
}

/** What a training is asked for beside its settings. */
export interface AskedBeside {
  /** Called once the settings are known to fit each other: the crop may be that of a game file, which is read then. */
  readonly pictures: () => AskedPictures;
  /** The command line, for the record. */
  readonly command: string;
}

/**
 * The training that is asked for.
 *
 * @throws UnderstudyError `bad-option` for settings that contradict each other; as `pictures`
 */
export function askedTraining(
  sessions: readonly string[],
  asked: AskedTraining,
  { pictures: askedPictures, command }: AskedBeside,
): TrainRequest {
  const { out, preset, labelRule, labelLeadMs, split: by, validation, test, storage, engine } = asked;
  const settings = askedSettings(asked);
  const pictures = askedPictures();
  if (asked.encoder !== undefined && (pictures.crop ?? pictures.size) !== null) {
    throw badOption(
      '--encoder takes pictures of the size and the crop that its bundle was trained with.',
      'Leave --picture and --game out.',
    );
  }
  return {
    sessions,
    out,
    work: asked.work ?? `${resolve(out)}.work`,
    encoder: asked.encoder ?? null,
    preset,
    settings,
    pictures,
    reading: readingOptions(asked),
    labelRule,
    labelLeadMs,
    split: { by, seed: settings.head.seed, validation, test },
    storage,
    engine,
    deterministic: asked.deterministic ?? false,
    resume: asked.resume ?? false,
    command,
  };
}
