/** The options of a verb that watches a person play: the arena's page, or a window of this display. */
import type { Command } from 'commander';
import { badOption } from '../../core/errors.js';
import { addLevel, addSeed, type FirstFightOptions } from './fights.js';
import { addWindowChoice, namesWindow, windowRequest, type WindowChoiceOptions } from './window.js';
import type { GameFile } from '../../games/game-file.js';
import { keyMapOf } from '../../runs/game-keyboard.js';
import { KEY_SOURCES, type KeySourceChoice } from '../../runs/record/key-source.js';
import { recordedKeys } from '../../runs/record/log-names.js';
import type { PersonsRecording } from '../../runs/request.js';
import { choice } from './values.js';

export interface PersonsPlayOptions extends WindowChoiceOptions, FirstFightOptions {
  readonly arena?: boolean;
  readonly browser?: boolean;
  /** Folder of the recording. */
  readonly out: string;
  readonly name?: string;
  readonly hotKeys: string;
  readonly keysFrom: KeySourceChoice;
  /** False with `--no-video`. */
  readonly video: boolean;
}

export type PersonsPlaceName = 'page' | 'window';

export function addPersonsPlay(verb: Command): Command {
  verb
    .option('--arena', 'the practice fight, played by a person; with --browser')
    .option('--browser', "with --arena: serve the arena's page and open it; its real window is watched");
  addLevel(addSeed(verb, "seed of the arena's first fight"));
  addWindowChoice(verb);
  return verb.option('--no-video', 'keep the gray pictures that models are trained on, and no video for people');
}

export function addKeysFrom(verb: Command): Command {
  return verb.addOption(choice('--keys-from <source>', KEY_SOURCES.join(', '), KEY_SOURCES, 'auto'));
}

/** The one place that the options name. @throws UnderstudyError `bad-option` for both or neither */
export function personsPlaceOf(options: PersonsPlayOptions): PersonsPlaceName {
  const page = options.arena === true || options.browser === true;
  // an empty private screen is refused with its own reason
  const isWindow = namesWindow(options) || (options.inside !== undefined && !page);
  if (page !== isWindow) return page ? 'page' : 'window';
  throw badOption(
    page
      ? 'Both the arena and a window were named: expected one of them.'
      : 'No window was named: there is no one to watch.',
    "Name one with --window 'part of its title' (`understudy windows` lists them), or use --arena --browser.",
  );
}

/**
 * What the options say of the recording.
 *
 * @throws UnderstudyError `bad-option`, `unknown-action`
 */
export function personsRecording(
  place: PersonsPlaceName,
  options: PersonsPlayOptions,
  game: GameFile | null,
): PersonsRecording {
  const { capture, seed, level, hotKeys, keysFrom, video } = options;
  const keys = keyMapOf(options, game);
  return {
    place: place === 'page' ? { kind: 'page', seed, level } : { kind: 'window', ...windowRequest(options, game) },
    screen: { capture, keys, game },
    keys: recordedKeys(keys, hotKeys),
    keysFrom,
    keepsVideo: video,
  };
}
