/** Errors for people: what happened and what to do next, on one screen; a stack only when asked for. */
import { terminalText } from './terminal-text.js';
import { EXIT_CODES, messageOf, UnderstudyError } from '../core/errors.js';

/**
 * Writes the error to standard error.
 *
 * @param typed the words of the command line: they are printed as they were typed
 * @returns the error's exit code
 */
export function printError(verb: string, thrown: unknown, debug: boolean, typed: readonly string[] = []): number {
  const lines = [`understudy ${verb}: ${sentence(messageOf(thrown), typed)}`.trimEnd()];
  const expected = thrown instanceof UnderstudyError;
  if (expected) {
    lines.push(`  next      ${sentence(thrown.next, typed)}`, `  code      ${thrown.code} (exit ${thrown.exitCode})`);
  } else {
    lines.push(
      '  This is a fault of understudy itself.',
      '  next      run it again with --log-level debug and report what it prints, with the run folder if there is one',
    );
  }
  if (debug && thrown instanceof Error) {
    lines.push(thrown.stack ?? '');
    for (let cause = thrown.cause; cause instanceof Error; cause = cause.cause) lines.push(`caused by ${cause.stack}`);
  }
  process.stderr.write(`${terminalText(lines.join('\n'), process.stderr)}\n`);
  return expected ? thrown.exitCode : EXIT_CODES.fault;
}

/**
 * The message as a sentence, with a capital and a full stop: not all errors have them. Names keep their case: words
 * that were typed, and any first word that is not plain letters. A message with a list below it gets no full stop.
 */
export function sentence(message: string, typed: readonly string[] = []): string {
  const [first] = /^[a-z]+(?=[ ,;:])/.exec(message) ?? [];
  const begun = first === undefined || typed.includes(first) ? message : message[0].toUpperCase() + message.slice(1);
  return /[.!?:…]$/.test(begun) || begun.includes('\n') || begun === '' ? begun : `${begun}.`;
}
