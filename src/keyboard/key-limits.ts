/** Reads the bounds on held keys as people give them: one number for all actions, or ACTION=number pairs. */
import { ACTIONS, ACTION_COUNT, actionBit, isActionName, NONE_HELD, type ActionName } from '../core/actions.js';
import { UnderstudyError } from '../core/errors.js';
import { OPPOSING } from './guard/limits.js';
import type { KeyLimits } from './guard/protocol.js';

export interface KeyLimitTexts {
  /** As --max-hold-ms was given: "2000" or "JUMP=500,DASH=200"; 10 to 600,000 ms. */
  readonly maxHoldMs?: string | undefined;
  /** As --max-presses-per-second was given: "8" or "JUMP=4"; 1 to 100. */
  readonly maxPressesPerSecond?: string | undefined;
  /** Combinations of a game file; each has two actions or more. */
  readonly forbid?: readonly (readonly ActionName[])[] | undefined;
}

/** @throws UnderstudyError `bad-option`, `unknown-action` */
export function readKeyLimits({ maxHoldMs, maxPressesPerSecond, forbid = [] }: KeyLimitTexts): KeyLimits {
  return {
    maxHoldMs: perAction('--max-hold-ms', maxHoldMs, 10, 600_000),
    maxPressesPerSecond: perAction('--max-presses-per-second', maxPressesPerSecond, 1, 100),
    forbidden: [...OPPOSING, ...forbid.map((set) => set.reduce((held, action) => held | actionBit(action), NONE_HELD))],
  };
}

function perAction(option: string, text: string | undefined, least: number, most: number): (number | null)[] {
  const bounds = Array<number | null>(ACTION_COUNT).fill(null);
  if (text === undefined) return bounds;
  const expected = `a number from ${least} to ${most}, or pairs such as JUMP=${least}`;
  const numberOf = (part: string): number => {
    const value = part.trim() === '' ? Number.NaN : Number(part);
    if (!(value >= least && value <= most)) throw bad(option, text, expected);
    return value;
  };
  if (!text.includes('=')) return bounds.fill(numberOf(text));
  for (const part of text.split(',')) {
    const [action, value = '', ...rest] = part.split('=').map((piece) => piece.trim());
    if (rest.length > 0) throw bad(option, text, expected);
    if (!isActionName(action)) throw unknown(option, action);
    bounds[ACTIONS.indexOf(action)] = numberOf(value);
  }
  return bounds;
}

function bad(option: string, text: string, expected: string): UnderstudyError {
  return new UnderstudyError({
    kind: 'usage',
    code: 'bad-option',
    message: `${option} was given '${text}' (expected ${expected}).`,
    next: 'Give one number for all actions, or pairs separated by commas.',
  });
}

function unknown(option: string, action: string): UnderstudyError {
  return new UnderstudyError({
    kind: 'usage',
    code: 'unknown-action',
    message: `'${action}', given to ${option}, is no action (expected one of ${ACTIONS.join(', ')})`,
    next: 'Use one of these names, in capitals.',
  });
}
