/** The options that say which fights of the practice arena are meant. */
import type { Command } from 'commander';
import { LEVEL_NAMES, type Level } from '../../arena/fight/rules.js'; // not the fight: every start reads the options
import { whole, choice } from './values.js';

export interface FirstFightOptions {
  readonly seed: number;
  readonly level: Level;
}

/** `--seed`, in the words of the verb. */
export function addSeed(verb: Command, words = 'seed of the first fight', preset = 1): Command {
  return verb.addOption(whole('--seed <n>', words, 0, 2 ** 31, preset));
}

export function addLevel(verb: Command): Command {
  return verb.addOption(choice('--level <level>', LEVEL_NAMES.join(' or '), LEVEL_NAMES, 'normal'));
}
