/** `--inside`: the run gets a screen of its own, and a game is started there. */
import type { Command } from 'commander';
import { SCREEN_CHOICES } from '../../screen/kinds.js';
import type { InsideOptions } from '../../runs/inside.js';
import { sizeBetween, choice } from './values.js';

const LEAST = { width: 128, height: 72 };
const MOST = { width: 7680, height: 4320 };

export function addInside(verb: Command): Command {
  return verb
    .addOption(choice('--inside <kind>', `a screen of its own: ${SCREEN_CHOICES.join(', ')}`, SCREEN_CHOICES))
    .option('--inside-size <wxh>', 'of that screen; default: 1280x720', sizeBetween('--inside-size', LEAST, MOST));
}

/** The same, with the argument that names the game to start there. */
export function addInsideCommand(verb: Command): Command {
  return addInside(verb.argument('[command...]', 'after --: with --inside, the game to start there'));
}

/** The options with the arguments: no words are no command. */
export function withCommand<Options extends InsideOptions>(words: readonly string[], options: Options): Options {
  return words.length === 0 ? options : { ...options, command: words };
}
