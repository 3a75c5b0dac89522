/** What checks and updates say: which agent is better, and whether practice must stop. */
import { signTest } from '../evaluation/intervals.js';
import type { Check, Update } from './practice-state.js';

/** Beyond these nothing of the first agent is left, and nothing is tried any more. Nats a decision. */
const MOST_KL = 20;
const LEAST_ENTROPY = 1e-4;
/** A check that is worse than the first one by no chance ends practice. */
const WORSE_BY_CHANCE = 0.001;

export const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** Better; of equals the later one, which has practised more, but never instead of the first head. */
export function isPreferred(check: Check, other: Check): boolean {
  const more = sum(check.values) - sum(other.values);
  return other.update === 0 ? more > 0 : more >= 0;
}

/** Whether a check is worse than the first one by no chance. */
export function isFallen(given: Check, check: Check): boolean {
  const signs = check.values.map((value, fight) => Math.sign(value - given.values[fight]));
  const [better, worse] = [1, -1].map((sign) => signs.filter((value) => value === sign).length);
  return worse > better && signTest(better, worse) <= WORSE_BY_CHANCE;
}

/** Why practice must stop after this update; null where it need not. */
export function collapseOf({ update, klToFirst, entropy }: Update): string | null {
  if (klToFirst > MOST_KL) return `update ${update}: ${klToFirst.toFixed(1)} nats a decision away from the first head`;
  return entropy < LEAST_ENTROPY
    ? `update ${update}: nothing is tried any more (entropy ${entropy.toExponential(1)})`
    : null;
}
