/** Reads the limits on held keys from options: one number for all actions, or ACTION=number pairs. */
import type { ActionSet, HeldActions } from '../core/action-set.js';
import { parseActionValues } from '../core/action-values.js';
import { UnderstudyError } from '../core/errors.js';
import { unlimited } from './guard/limits.js';
import type { KeyLimits } from './guard/protocol.js';

export interface KeyLimitTexts {
  /** As --max-hold-ms was given: "2000" or "JUMP=500,DASH=200"; 10 to 600,000 ms. */
  readonly maxHoldMs?: string | undefined;
  /** As --max-presses-per-second was given: "8" or "JUMP=4"; 1 to 100. */
  readonly maxPressesPerSecond?: string | undefined;
  /** Forbidden combinations from a game file; each has two actions or more. */
  readonly forbid?: readonly (readonly string[])[] | undefined;
}

/** Only opposing keys are forbidden together: a player does not press both. */
export function defaultLimits(actions: ActionSet): KeyLimits {
  return { ...unlimited(actions.count), forbidden: opposingSets(actions) };
}

/** @throws UnderstudyError `bad-option`, `unknown-action` */
export function readKeyLimits(
  { maxHoldMs, maxPressesPerSecond, forbid = [] }: KeyLimitTexts,
  actions: ActionSet,
): KeyLimits {
  const bounds = (option: string, text: string | undefined, least: number, most: number): (number | null)[] =>
    text === undefined ? Array<null>(actions.count).fill(null) : perAction({ option, least, most }, text, actions);
  return {
    maxHoldMs: bounds('--max-hold-ms', maxHoldMs, 10, 600_000),
    maxPressesPerSecond: bounds('--max-presses-per-second', maxPressesPerSecond, 1, 100),
    forbidden: [...opposingSets(actions), ...forbid.map((names) => actions.holding(...names))],
  };
}

function opposingSets({ opposing }: ActionSet): HeldActions[] {
  return opposing.map(([one, other]) => (1 << one) | (1 << other));
}

interface Bound {
  readonly option: string;
  readonly least: number;
  readonly most: number;
}

function perAction(bound: Bound, text: string, actions: ActionSet): (number | null)[] {
  const { option, least, most } = bound;
  const numberOf = (part: string): number => {
    const value = part.trim() === '' ? Number.NaN : Number(part);
    if (!(value >= least && value <= most)) throw bad(bound, text);
    return value;
  };
  const bounds = Array<number | null>(actions.count).fill(null);
  if (!text.includes('=')) return bounds.fill(numberOf(text));
  for (const [action, value] of parseActionValues(text, actions, { option, example: `ACTION=${least}` })) {
    bounds[actions.indexOf(action)] = numberOf(value);
  }
  return bounds;
}

function bad({ option, least, most }: Bound, text: string): UnderstudyError {
  return new UnderstudyError({
    kind: 'usage',
    code: 'bad-option',
    message: `${option} was given '${text}' (expected a number from ${least} to ${most}, or pairs such as ACTION=${least}).`,
    next: 'Give one number for all actions, or pairs separated by commas.',
  });
}
