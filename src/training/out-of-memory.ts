/** Tells a refused allocation from other failures, wherever in a training it happened. */
import { UnderstudyError, messageOf } from '../core/errors.js';

/** What TensorFlow and V8 say of a refused allocation: neither gives it a code. */
const REFUSED = /\bOOM\b|RESOURCE_?EXHAUSTED|bad_alloc|Array buffer allocation failed/i;

/** `error` itself, or an UnderstudyError `out-of-memory` where it is a refused allocation. */
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
