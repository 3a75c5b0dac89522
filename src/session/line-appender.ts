/**
 * Appends whole lines to a file without ever making the caller wait. What was appended is on its way to the kernel at
 * once (one write in flight, the rest in one batch behind it), so that a killed process loses at most what the disk
 * had not taken.
 */
import type { FileHandle } from 'node:fs/promises';
import { open } from 'node:fs/promises';

/** A disk that takes nothing for so long has failed: 4 MiB are most of an hour of frames and keys. */
const LONGEST_BACKLOG_BYTES = 4 * 1024 * 1024;

export class LineAppender {
  readonly #file: FileHandle;
  readonly #onFailure: (error: unknown) => void;
  #pending: string[] = [];
  #pendingBytes = 0;
  #writing: Promise<void> | null = null;
  #writtenBytes = 0;
  #failed = false;

  private constructor(file: FileHandle, onFailure: (error: unknown) => void) {
    this.#file = file;
    this.#onFailure = onFailure;
  }

  /** Creates the file. @param onFailure called once, when a write fails or the backlog is full. @throws where it exists */
  static async create(path: string, onFailure: (error: unknown) => void): Promise<LineAppender> {
    return new LineAppender(await open(path, 'wx'), onFailure);
  }

  /** Appends one object as a line. After a failure it does nothing. */
  append(object: Readonly<Record<string, unknown>>): void {
    if (this.#failed) return;
    const line = `${JSON.stringify(object)}\n`;
    this.#pending.push(line);
    this.#pendingBytes += line.length;
    if (this.#pendingBytes > LONGEST_BACKLOG_BYTES) {
      return this.#fail(new Error(`the disk has taken nothing of the last ${this.#pendingBytes} bytes`));
    }
    this.#writing ??= this.#writeAll();
  }

  /** Resolves once everything appended so far was handed to the system, or has failed. */
  async flush(): Promise<void> {
    while (this.#writing !== null) await this.#writing;
  }

  async close(): Promise<void> {
    await this.flush();
    await this.#file.close();
  }

  async #writeAll(): Promise<void> {
    while (this.#pending.length > 0 && !this.#failed) {
      const batch = Buffer.from(this.#pending.join(''));
      this.#pending = [];
      this.#pendingBytes = 0;
      try {
        await writeFully(this.#file, batch);
        this.#writtenBytes += batch.length;
      } catch (error) {
        this.#fail(error);
        await this.#dropPartialLine();
      }
    }
    this.#writing = null;
  }

  #fail(error: unknown): void {
    this.#failed = true;
    this.#pending = [];
    this.#onFailure(error);
  }

  /** A full disk may have taken half a batch: whole batches stay. */
  async #dropPartialLine(): Promise<void> {
    try {
      await this.#file.truncate(this.#writtenBytes);
    } catch {
      // repair cuts the broken line off later
    }
  }
}

async function writeFully(file: FileHandle, bytes: Buffer): Promise<void> {
  let at = 0;
  while (at < bytes.length) at += (await file.write(bytes, at)).bytesWritten;
}
