/** Errors for people: what happened and what to do next, on one screen; a stack only when asked for. */
import { EXIT_CODES, messageOf, UnderstudyError } from '../core/errors.js';

/** Writes the error to standard error and answers the exit code that it means. */
export function printError(verb: string, thrown: unknown, debug: boolean): number {
  const lines = [`understudy ${verb}: ${messageOf(thrown)}`.trimEnd()];
  const expected = thrown instanceof UnderstudyError;
  if (expected) lines.push(`  next      ${thrown.next}`, `  code      ${thrown.code} (exit ${thrown.exitCode})`);
  else {
    lines.push(
      '  This is a fault of understudy itself. Keys were released.',
      '  next      run it again with --log-level debug and report what it prints, with the run folder if there is one',
    );
  }
  if (debug && thrown instanceof Error) {
    lines.push(thrown.stack ?? '');
    for (let cause = thrown.cause; cause instanceof Error; cause = cause.cause) lines.push(`caused by ${cause.stack}`);
  }
  process.stderr.write(`${lines.join('\n')}\n`);
  return expected ? thrown.exitCode : EXIT_CODES.fault;
}
