/** Errors that cross from one thread to another: a message carries plain data, and an error's class and fields are lost. */
import { messageOf, UnderstudyError, type ErrorDetails } from './errors.js';

export interface SentError {
  /** With the stack of the thread where it happened. */
  readonly message: string;
  /** Null where the failure is a bug. */
  readonly expected: ErrorDetails | null;
}

export function sentError(error: unknown): SentError {
  const message = error instanceof Error ? (error.stack ?? error.message) : messageOf(error);
  if (!(error instanceof UnderstudyError)) return { message, expected: null };
  const { kind, code, next } = error;
  return { message, expected: { kind, code, message: error.message, next } };
}

export function receivedError({ message, expected }: SentError): Error {
  return expected === null ? new Error(message) : new UnderstudyError(expected);
}
