/** Reads thresholds from the command line: `JUMP=0.4`, or `JUMP=0.4/0.3` (press at, release below). */
import type { ActionSet } from '../core/action-set.js';
import { parseActionValues, requireAction, splitActionValues, type AskedValues } from '../core/action-values.js';
import { UnderstudyError } from '../core/errors.js';
import { isThresholdValid, thresholdAt, type Threshold, type Thresholds } from './thresholds.js';

const ASKED: AskedValues = { option: '--threshold', example: 'ACTION=0.4, or ACTION=0.4/0.3', code: 'bad-threshold' };

/**
 * Reads `JUMP=0.4,DASH=0.5/0.3`; of two thresholds for one action the last counts.
 *
 * @throws UnderstudyError 'unknown-action', 'bad-threshold'
 */
export function parseThresholds(text: string, actions: ActionSet): Thresholds {
  return fromEntries(parseActionValues(text, actions, ASKED), text);
}

/**
 * The same before the actions are known: names stay as they were written, for {@link thresholdsFor}.
 *
 * @throws UnderstudyError 'bad-threshold'
 */
export function readThresholds(text: string): Thresholds {
  return fromEntries(splitActionValues(text, ASKED), text);
}

/** Thresholds by the names as the set spells them; capitals do not matter. @throws UnderstudyError 'unknown-action' */
export function thresholdsFor(actions: ActionSet, thresholds: Thresholds): Thresholds {
  const entries = Object.entries(thresholds);
  return Object.fromEntries(entries.map(([name, value]) => [requireAction(name, actions, ASKED.option), value]));
}

function fromEntries(entries: readonly (readonly [string, string])[], text: string): Thresholds {
  if (entries.length === 0) throw badThreshold(text);
  return Object.fromEntries(entries.map(([action, numbers]) => [action, thresholdOf(action, numbers)]));
}

function thresholdOf(action: string, numbers: string): Threshold {
  const parts = numbers.split('/').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  const threshold = parts.length === 1 ? thresholdAt(parts[0]) : { press: parts[0], release: parts[1] };
  if (parts.length <= 2 && isThresholdValid(threshold)) return threshold;
  throw badThreshold(`${action}=${numbers}`, action);
}

function badThreshold(text: string, action = 'ACTION'): UnderstudyError {
  return new UnderstudyError({
    kind: 'usage',
    code: 'bad-threshold',
    message: `--threshold ${text}: expected a press and a release probability with 0 < release <= press <= 1`,
    next: `write it as ${action}=0.4 or ${action}=0.4/0.3`,
  });
}
