/**
 * A file of lines that grows to a bound and then starts again: the full one is kept beside it as `<name>.1<ending>`, an
 * older one is deleted. With a slow or full disk lines are lost, but the run is not held up: nothing here waits or
 * throws.
 */
import { createWriteStream, openSync, renameSync, type WriteStream } from 'node:fs';
import { parse, join } from 'node:path';
import { finished } from 'node:stream/promises';
import { messageOf } from '../core/errors.js';

export interface BoundedFileOptions {
  /** Most bytes in one file; two files are kept. */
  readonly maxBytes: number;
  /** Most bytes of lines that wait in memory for a stalled disk; further lines are dropped. */
  readonly maxWaitingBytes: number;
}

export class BoundedFile {
  readonly #path: string;
  readonly #options: BoundedFileOptions;
  #stream: WriteStream | null;
  #bytes = 0;
  #failure: Error | null = null;

  /** Creates the file, or empties it. */
  constructor(path: string, options: BoundedFileOptions) {
    this.#path = path;
    this.#options = options;
    this.#stream = this.#open();
  }

  /** Why nothing is written any longer, or null. */
  get failure(): Error | null {
    return this.#failure;
  }

  /** @param line with its newline. @returns false where it was dropped */
  write(line: string): boolean {
    const bytes = Buffer.byteLength(line);
    if (this.#bytes > 0 && this.#bytes + bytes > this.#options.maxBytes) this.#startAgain();
    const stream = this.#stream;
    if (stream === null || this.#failure !== null) return false;
    if (stream.writableLength > this.#options.maxWaitingBytes) return false;
    stream.write(line);
    this.#bytes += bytes;
    return true;
  }

  /** Nothing is written after this. @param withinMs how long writing the last lines may take; absent: no limit */
  async close(withinMs?: number): Promise<void> {
    const stream = this.#stream;
    this.#stream = null;
    if (stream === null) return;
    stream.end();
    const signal = withinMs === undefined ? {} : { signal: AbortSignal.timeout(withinMs) };
    await finished(stream, signal).catch((error: unknown) => {
      this.#fail(error);
      stream.destroy();
    });
  }

  #open(): WriteStream | null {
    try {
      // opened synchronously: the file can be renamed, and a missing folder is noticed at once
      const stream = createWriteStream('', { fd: openSync(this.#path, 'w') });
      stream.on('error', (error) => this.#fail(error));
      return stream;
    } catch (error) {
      this.#fail(error);
      return null;
    }
  }

  #startAgain(): void {
    this.#stream?.end(); // waiting lines are still written, under the file's new name
    const { dir, name, ext } = parse(this.#path);
    this.#bytes = 0;
    try {
      renameSync(this.#path, join(dir, `${name}.1${ext}`));
    } catch (error) {
      this.#fail(error);
      this.#stream = null;
      return;
    }
    this.#stream = this.#open();
  }

  #fail(error: unknown): void {
    this.#failure ??= error instanceof Error ? error : new Error(messageOf(error));
  }
}
