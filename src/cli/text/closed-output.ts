/**
 * Standard output and standard error without a reader: a run must not end because its reader is gone, and must keep its
 * exit code.
 */
import type { Writable } from 'node:stream';

/** The reader is gone, the terminal hung up, or the stream was closed for either reason. */
const WITHOUT_READER = new Set(['EPIPE', 'EIO', 'ERR_STREAM_DESTROYED', 'ECONNRESET']);

/** The disk is full: a detached run's text goes to a file beside its logs, and the run matters more than the text. */
const DISK_FULL = new Set(['ENOSPC', 'EFBIG', 'EDQUOT']);

/**
 * From now on output that has no reader is dropped, and so is text for people on a full disk. Other failures are
 * thrown: a result that cannot be written is a failure.
 */
export function surviveClosedOutput(...streams: readonly Writable[]): void {
  for (const stream of streams) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      const code = error.code ?? '';
      if (WITHOUT_READER.has(code) || (stream === process.stderr && DISK_FULL.has(code))) return;
      throw error;
    });
  }
}
