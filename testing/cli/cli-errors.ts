/** What every error of the program has. */
import assert from 'node:assert/strict';
import type { CliResult } from './cli.js';

/** The error has its code, its exit code and what to do next, fits on one screen and shows no stack. */
export function assertError(result: CliResult, exitCode: number, code: string, says: RegExp): void {
  assert.equal(result.code, exitCode, result.stderr);
  assert.ok(result.stderr.includes(`code      ${code} (exit ${exitCode})`), result.stderr);
  assert.match(result.stderr, says);
  assert.match(result.stderr, /\n {2}next {6}\S/);
  assert.ok(result.stderr.split('\n').length <= 24, 'one screen');
  assert.ok(!/\n\s+at /.test(result.stderr), 'no stack trace');
  assert.equal(result.stdout, '');
}
