/**
 * Appends whole lines to a file and never makes the caller wait. A line is on its way to the kernel when `append` returns,
 * even if the caller then blocks its thread: a killed process loses at most what the disk had not taken.
 */
import type { FileHandle } from 'node:fs/promises';
import { open } from 'node:fs/promises';
import { jsonLine } from '../core/json-lines.js';

/** With more lines waiting the disk counts as failed: 4 MiB are most of an hour of frames and keys. */
const LONGEST_BACKLOG_BYTES = 4 * 1024 * 1024;

/** Writes at the same time; later lines wait for the next one. Two, so that a line never waits for the one before. */
const WRITES_UNDER_WAY = 2;

export class LineAppender {
  readonly #file: FileHandle;
  readonly #onFailure: (error: unknown) => void;
  #pending: string[] = [];
  #pendingBytes = 0;
  #underWay = 0;
  #end = 0; // bytes handed to writes
  #failedAt: number | null = null;
  #whenIdle: (() => void)[] = [];

  /** @param file empty; this class closes it @param onFailure called once, when a write fails or too much is waiting */
  constructor(file: FileHandle, onFailure: (error: unknown) => void) {
    this.#file = file;
    this.#onFailure = onFailure;
  }

  /** Appends to a new file. @throws the file system's error, EEXIST where it exists */
  static async create(path: string, onFailure: (error: unknown) => void): Promise<LineAppender> {
    return new LineAppender(await open(path, 'wx'), onFailure);
  }

  /** Appends one object as a line. After a failure it does nothing. */
  append(object: Readonly<Record<string, unknown>>): void {
    if (this.#failedAt !== null) return;
    const line = jsonLine(object);
    this.#pending.push(line);
    this.#pendingBytes += line.length;
    if (this.#pendingBytes > LONGEST_BACKLOG_BYTES) {
      return this.#fail(this.#end, new Error(`the disk has taken nothing of the last ${this.#pendingBytes} bytes`));
    }
    this.#send();
  }

  /** Closes the file once the system has every line, or writing has failed. */
  async close(): Promise<void> {
    while (this.#underWay > 0) await new Promise<void>((resolve) => this.#whenIdle.push(resolve));
    await this.#file.close();
  }

  #send(): void {
    if (this.#underWay >= WRITES_UNDER_WAY || this.#pending.length === 0) return;
    const batch = Buffer.from(this.#pending.join(''));
    const position = this.#end;
    this.#pending = [];
    this.#pendingBytes = 0;
    this.#end += batch.length;
    this.#underWay += 1;
    void this.#write(batch, position);
  }

  async #write(bytes: Buffer, position: number): Promise<void> {
    try {
      for (let at = 0; at < bytes.length;) {
        at += (await this.#file.write(bytes, at, bytes.length - at, position + at)).bytesWritten;
      }
    } catch (error) {
      this.#fail(position, error);
    }
    if (this.#underWay === 1 && this.#failedAt !== null) await this.#dropAfter(this.#failedAt);
    this.#underWay -= 1;
    this.#send();
    if (this.#underWay > 0) return;
    const waiters = this.#whenIdle;
    this.#whenIdle = [];
    for (const wake of waiters) wake();
  }

  #fail(position: number, error: unknown): void {
    const isFirst = this.#failedAt === null;
    this.#failedAt = Math.min(this.#failedAt ?? position, position);
    this.#pending = [];
    if (isFirst) this.#onFailure(error);
  }

  /** Cuts off what was written in part: a full disk may have taken half a batch. */
  async #dropAfter(position: number): Promise<void> {
    try {
      await this.#file.truncate(position);
    } catch {
      // a repair of the session cuts off the broken line later
    }
  }
}
