/**
 * Files that appear whole or not at all: written under another name, and renamed once they are on the disk. A disk that
 * is nearly full accepts a part of a write without an error; a part of a file is never published.
 */
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { UnderstudyError, messageOf } from './errors.js';
import { makeFolders } from './make-folders.js';

export interface WholeFileOptions {
  /** Its path until it is published, in the same folder. Default: the path and the process's id. */
  readonly under?: string;
  /** Makes its folder where there is none. Default true. */
  readonly makeFolder?: boolean;
}

/**
 * Writes a file at once.
 *
 * @param next, @throws as {@link WholeFile}
 */
export function writeWholeFile(
  path: string,
  data: Uint8Array | string,
  next: string,
  options?: WholeFileOptions,
): void {
  using file = new WholeFile(path, next, options);
  file.write(typeof data === 'string' ? Buffer.from(data) : data);
  file.publish();
}

/** A file that is being written. Always dispose it: what was not published is removed. */
export class WholeFile implements Disposable {
  readonly #path: string;
  readonly #fresh: string;
  readonly #next: string;
  #fd: number | null = null;
  #isPublished = false;

  /**
   * Opens it.
   *
   * @param next what the user should do when it cannot be written: one sentence
   * @throws UnderstudyError `write-failed`, as {@link write} and {@link publish}; what was at `path` before is intact
   */
  constructor(path: string, next: string, { under, makeFolder = true }: WholeFileOptions = {}) {
    this.#path = path;
    this.#fresh = under ?? `${path}.${process.pid}`;
    this.#next = next;
    this.#try(() => {
      if (makeFolder) makeFolders(dirname(path));
      this.#fd = openSync(this.#fresh, 'w');
    });
  }

  /** Appends all of `bytes`. */
  write(bytes: Uint8Array): void {
    this.#try(() => {
      for (let at = 0; at < bytes.length;) at += writeSync(this.#fd!, bytes, at);
    });
  }

  /** Moves the file to its place. To be called once. */
  publish(): void {
    this.#try(() => {
      fsyncSync(this.#fd!);
      closeSync(this.#fd!);
      this.#fd = null;
      renameSync(this.#fresh, this.#path);
    });
    this.#isPublished = true;
  }

  [Symbol.dispose](): void {
    if (this.#fd !== null) closeSync(this.#fd);
    if (!this.#isPublished) this.#removeFresh();
  }

  #removeFresh(): void {
    try {
      rmSync(this.#fresh, { force: true });
    } catch {
      // the first failure is the one to report
    }
  }

  #try(work: () => void): void {
    try {
      work();
    } catch (cause) {
      throw new UnderstudyError({
        kind: 'environment',
        code: 'write-failed',
        message: `${this.#path} could not be written: ${messageOf(cause)}`,
        next: this.#next,
        cause,
      });
    }
  }
}
