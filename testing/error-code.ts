/** What a documented error must be, for `assert.throws` and `assert.rejects`. */
import assert from 'node:assert/strict';
import { UnderstudyError, type ErrorCode } from '../src/core/errors.js';

/**
 * A check that an error is one of ours, has this code, and says what to do next.
 *
 * @param texts each must be in the message or in the advice
 */
export function hasCode(code: ErrorCode, ...texts: readonly (string | RegExp)[]): (error: unknown) => true {
  return (error) => {
    assert.ok(error instanceof UnderstudyError, String(error));
    assert.equal(error.code, code, error.message);
    const said = `${error.message} ${error.next}`;
    for (const text of texts)
      assert.ok(typeof text === 'string' ? said.includes(text) : text.test(said), `'${said}' lacks ${String(text)}`);
    assert.notEqual(error.next, '');
    return true;
  };
}
