/** Reads `ACTION=value,ACTION=value`: one parser, and one rule on case, for every option that takes such a list. */
import type { ActionSet } from './action-set.js';
import { UnderstudyError, type ErrorCode } from './errors.js';

/** The entries in the order of the text: an action as its set spells it, and its value, trimmed. */
export type ActionValues = readonly (readonly [action: string, value: string])[];

/** What a list is for, in messages. */
export interface AskedValues {
  /** The option's name: `--keys`. */
  readonly option: string;
  /** What is expected: `JUMP=z`. */
  readonly example: string;
  /** Error code for an entry that is not a pair. Default `bad-option`. */
  readonly code?: ErrorCode;
}

/**
 * Reads `JUMP=z,SHOOT=x`. Case makes no difference in an action's name; an empty entry is skipped. The caller decides
 * whether an action may occur twice: two keys may mean one action.
 *
 * @throws UnderstudyError `unknown-action`; `bad-option`, or `asked.code`, where an entry is not a pair
 */
export function parseActionValues(text: string, actions: ActionSet, asked: AskedValues): ActionValues {
  return splitActionValues(text, asked).map(
    ([name, value]) => [requireAction(name, actions, asked.option), value] as const,
  );
}

/** The same where the set is not known: names stay as written. Throws as {@link parseActionValues}, except for names. */
export function splitActionValues(text: string, asked: AskedValues): ActionValues {
  const entries = text.split(',').map((entry) => entry.trim());
  return entries
    .filter((entry) => entry !== '')
    .map((entry) => {
      const equals = entry.indexOf('=');
      const name = entry.slice(0, Math.max(0, equals)).trim();
      const value = entry.slice(equals + 1).trim();
      if (equals === -1 || name === '' || value === '') throw notAPair(entry, asked);
      return [name, value] as const;
    });
}

/**
 * The action of a set that a user's text names.
 *
 * @param option for messages: the option that named it
 * @throws UnderstudyError `unknown-action`
 */
export function requireAction(text: string, actions: ActionSet, option?: string): string {
  const action = actions.find(text.trim());
  if (action !== null) return action;
  throw new UnderstudyError({
    kind: 'usage',
    code: 'unknown-action',
    message: `${option === undefined ? '' : `${option}: `}'${text.trim()}' names no action.`,
    next: `The actions are ${actions.names.join(', ')}.`,
  });
}

function notAPair(entry: string, { option, example, code = 'bad-option' }: AskedValues): UnderstudyError {
  return new UnderstudyError({
    kind: 'usage',
    code,
    message: `${option}: '${entry}' is not a pair of a name and a value.`,
    next: `Write it as in ${example}.`,
  });
}
