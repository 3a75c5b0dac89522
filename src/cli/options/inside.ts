/** `--inside`: the run gets a screen of its own, and a game is started there. */
import type { Command } from 'commander';
import { badOption } from '../../core/errors.js';
import { SCREEN_CHOICES, type ScreenChoice, type ScreenSize } from '../../private-screen/kinds.js';
import type { InsideRequest } from '../../runs/inside.js';
import { oneOf, sizeBetween } from './values.js';

export interface InsideOptions {
  readonly inside?: ScreenChoice;
  readonly insideSize?: ScreenSize;
  /** What follows `--`: the program to start there, and its arguments. */
  readonly command?: readonly string[];
}

const LEAST = { width: 128, height: 72 };
const MOST = { width: 7680, height: 4320 };

export function addInside(verb: Command): Command {
  return verb
    .option(
      '--inside <kind>',
      `on a screen of its own, that ends with the run: ${SCREEN_CHOICES.join(', ')}`,
      oneOf('--inside', SCREEN_CHOICES),
    )
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

/**
 * The screen that is asked for, or null.
 *
 * @param opensItself true where the run itself opens its window there: the arena's page, or the launch of a game file
 * @throws UnderstudyError `bad-option` where nothing would open a window there, or a command has no screen
 */
export function insideRequest(
  { inside: kind, insideSize, command }: InsideOptions,
  opensItself: boolean,
  runs = 'runs',
): InsideRequest | null {
  if (kind === undefined) {
    if (insideSize === undefined && command === undefined) return null;
    const what = command === undefined ? '--inside-size' : `The command '${command.join(' ')}'`;
    throw badOption(
      `${what} has no use without --inside, which makes the screen.`,
      'Add --inside auto, or leave it out.',
    );
  }
  if (command === undefined && !opensItself) {
    throw badOption(
      `--inside ${kind} needs a game to start: its screen is empty.`,
      'End the line with the command, as in --inside auto -- xjump, or give a game file that has one, with --allow-launch.',
    );
  }
  return { kind, size: insideSize ?? null, runs };
}
