/**
 * Standard output and standard error that nobody reads any more, or never could: a run does not end because nobody
 * watches it, and keeps its exit code.
 */
import type { Writable } from 'node:stream';

/** The reader is gone, the terminal hung up, or the stream was closed for either reason. */
const NOBODY_READS = new Set(['EPIPE', 'EIO', 'ERR_STREAM_DESTROYED', 'ECONNRESET']);

/** Text for people on a full disk: a detached run's goes to a file beside its logs, and is worth less than the run. */
const DISK_FULL = new Set(['ENOSPC', 'EFBIG', 'EDQUOT']);

/**
 * From now on what cannot be written because nobody reads is dropped, and so is text for people on a full disk. Other
 * failures are thrown: a result that is not written is a failure.
 */
export function surviveClosedOutput(...streams: readonly Writable[]): void {
  for (const stream of streams) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      const code = error.code ?? '';
      if (NOBODY_READS.has(code) || (stream === process.stderr && DISK_FULL.has(code))) return;
      throw error;
    });
  }
}
