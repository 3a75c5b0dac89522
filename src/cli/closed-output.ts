/**
 * Standard output and standard error that nobody reads any more, or never could: a run does not end because nobody
 * watches it, and keeps its exit code.
 */
import type { Writable } from 'node:stream';

/** The reader is gone, the terminal hung up, or the stream was closed for either reason. */
const NOBODY_READS = new Set(['EPIPE', 'EIO', 'ERR_STREAM_DESTROYED', 'ECONNRESET']);

/** From now on what cannot be written because nobody reads is dropped. Other failures are thrown. */
export function surviveClosedOutput(...streams: readonly Writable[]): void {
  for (const stream of streams) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (!NOBODY_READS.has(error.code ?? '')) throw error;
    });
  }
}
