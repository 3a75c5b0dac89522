/** What a decision must be before a key is pressed for it: a model whose numbers are broken must not keep playing. */
import { isHeldSetOf } from '../core/action-set.js';
import type { Decision } from '../core/policy.js';
import { UnderstudyError } from '../core/errors.js';

/** @throws UnderstudyError `bundle-corrupt` for a probability outside 0..1, or a held action without a probability */
export function requireSound({ held, probabilities }: Decision): void {
  const broken = probabilities.find((probability) => !(probability >= 0 && probability <= 1));
  if (broken === undefined && isHeldSetOf(probabilities.length, held)) return;
  throw new UnderstudyError({
    kind: 'input',
    code: 'bundle-corrupt',
    message:
      broken === undefined
        ? `the policy decided to hold ${held}, expected a whole number from 0 to ${2 ** probabilities.length - 1}`
        : `the policy answered the probability ${broken}, expected 0 to 1`,
    next: 'its weights are damaged: train or export the model again',
  });
}
