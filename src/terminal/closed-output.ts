/**
 * Standard output and standard error without a reader: a run must not end because its reader is gone, and must keep its
 * exit code.
 */
import type { Writable } from 'node:stream';
import { UnderstudyError } from '../core/errors.js';
import { printError } from './print-error.js';

/** The reader is gone, the terminal hung up, or the stream was closed for either reason. */
const WITHOUT_READER = new Set(['EPIPE', 'EIO', 'ERR_STREAM_DESTROYED', 'ECONNRESET']);

/** The disk is full: a detached run's text goes to a file beside its logs, and the run matters more than the text. */
const DISK_FULL = new Set(['ENOSPC', 'EFBIG', 'EDQUOT']);

/**
 * From now on output that has no reader is dropped, and so is text for people on a full disk. Other failures are
 * reported once, as `write-failed`: a result that cannot be written is a failure.
 */
export function surviveClosedOutput(...streams: readonly Writable[]): void {
  let isReported = false;
  for (const stream of streams) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      const code = error.code ?? '';
      if (WITHOUT_READER.has(code) || (stream === process.stderr && DISK_FULL.has(code))) return;
      if (!isReported) process.exitCode = printError('', notWritten(error), false);
      isReported = true;
    });
  }
}

function notWritten(cause: Error): UnderstudyError {
  return new UnderstudyError({
    kind: 'environment',
    code: 'write-failed',
    message: `The output could not be written: ${cause.message}.`,
    next: 'Free some space where the output goes, or send it to another file.',
    cause,
  });
}
