/**
 * Which mode of a verb takes which option. An option that the chosen mode cannot use is refused, never ignored: a user
 * who gives `--dry-run` must be able to rely on it.
 */
import type { Command } from 'commander';
import { badOption } from '../../core/errors.js';

/** The one table of a verb: for each of its options the modes that take it. */
export interface OptionModes<Mode extends string, Options> {
  /** The name of each mode in messages, after "for". */
  readonly words: Readonly<Record<Mode, string>>;
  readonly takenBy: Readonly<Record<Exclude<keyof Options, 'command'>, readonly Mode[] | 'every'>>; // an argument is no option
}

/** Refuses options that were typed and that `mode` does not take. @throws UnderstudyError `bad-option` naming them */
export function refuseUnusable<Mode extends string, Options>(
  command: Command,
  mode: Mode,
  { words, takenBy }: OptionModes<Mode, Options>,
): void {
  const table = takenBy as Readonly<Record<string, readonly Mode[] | 'every'>>;
  for (const option of command.options) {
    const name = option.attributeName();
    const takers = table[name];
    if (command.getOptionValueSource(name) !== 'cli' || takers === 'every' || takers.includes(mode)) continue;
    const others = takers.map((other) => words[other]).join(' or ');
    throw badOption(
      `${option.long} has no use for ${words[mode]}: it is for ${others}.`,
      `Leave ${option.long} out, or choose ${others}.`,
    );
  }
}
