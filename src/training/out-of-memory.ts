/** Distinguishes a refused allocation from other failures, wherever in a training it happens. */
import { UnderstudyError, messageOf } from '../core/errors.js';

/** How TensorFlow and V8 report a refused allocation: neither has a code for it. */
const REFUSED = /\bOOM\b|RESOURCE_?EXHAUSTED|bad_alloc|Array buffer allocation failed/i;

/** `error` itself, or an UnderstudyError `out-of-memory` for a refused allocation. */
export function orOutOfMemory(error: unknown): unknown {
  const message = messageOf(error);
  if (error instanceof UnderstudyError || !REFUSED.test(message)) return error;
  return new UnderstudyError({
    kind: 'environment',
    code: 'out-of-memory',
    message: `There is not enough memory for this training: ${message
      .split('\n')
      .find((line) => REFUSED.test(line))
      ?.trim()}.`,
    next: 'Run the same command with a smaller --batch, or train a smaller model (--latent, --channels).',
    cause: error,
  });
}
