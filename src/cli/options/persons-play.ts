/** The options of a verb that watches a person play: the arena's page, or a window of this display. */
import type { Command } from 'commander';
import { UnderstudyError } from '../../core/errors.js';
import { integerBetween, LEVELS, oneOf } from './values.js';
import { addWindowChoice, namesWindow, type WindowChoiceOptions } from './window.js';

export interface PersonsPlayOptions extends WindowChoiceOptions {
  readonly arena?: boolean;
  readonly browser?: boolean;
  readonly seed: number;
  readonly level: 'normal' | 'hard';
}

export function addPersonsPlay(verb: Command): Command {
  verb
    .option('--arena', 'the practice fight, played by a person; with --browser')
    .option('--browser', "with --arena: serve the arena's page and open it; its real window is watched")
    .option('--seed <n>', "seed of the arena's first fight", integerBetween('--seed', 0, 2 ** 31), 1)
    .option('--level <level>', 'normal or hard', oneOf('--level', LEVELS), 'normal');
  addWindowChoice(verb);
  return verb;
}

/** The one place that the options name. @throws UnderstudyError `bad-option` for both or neither */
export function personsPlaceOf(options: PersonsPlayOptions): 'page' | 'window' {
  const page = options.arena === true || options.browser === true;
  if (page !== namesWindow(options)) return page ? 'page' : 'window';
  throw new UnderstudyError({
    kind: 'usage',
    code: 'bad-option',
    message: page
      ? 'Both the arena and a window were named: expected one of them.'
      : 'No window was named: there is nobody to watch.',
    next: "Name one with --window 'part of its title' (`understudy windows` lists them), or use --arena --browser.",
  });
}
