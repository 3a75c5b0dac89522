/**
 * Long tables of fixed-size rows (gray frames, latents) that are read a few rows at a time, from a file: ten hours of
 * play would not fit into memory. Does not interpret the bytes.
 */
import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { UnderstudyError, messageOf } from '../core/errors.js';
import { WholeFile } from '../core/whole-file.js';

export interface Rows extends Disposable {
  readonly count: number;
  readonly rowBytes: number;
  /** Copies `rows` rows, beginning with row `first`, into `target` at byte `at`. */
  read(first: number, rows: number, target: Uint8Array, at: number): void;
}

/** Rows of one array; the array stays the caller's. */
export class MemoryRows implements Rows {
  readonly count: number;
  readonly rowBytes: number;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array, rowBytes: number) {
    this.#bytes = bytes;
    this.rowBytes = rowBytes;
    this.count = bytes.length / rowBytes;
  }

  read(first: number, rows: number, target: Uint8Array, at: number): void {
    target.set(this.#bytes.subarray(first * this.rowBytes, (first + rows) * this.rowBytes), at);
  }

  [Symbol.dispose](): void {
    // the array is the caller's
  }
}

/** Rows of a file without a header; the operating system's cache makes repeated epochs fast. */
export class FileRows implements Rows {
  readonly count: number;
  readonly rowBytes: number;
  readonly #fd: number;

  /** @throws UnderstudyError `file-unreadable` where it is absent, or its size is not a multiple of `rowBytes` */
  constructor(path: string, rowBytes: number) {
    try {
      this.#fd = openSync(path, 'r');
    } catch (cause) {
      throw unreadable(path, messageOf(cause), cause);
    }
    const { size } = statSync(path);
    if (size % rowBytes !== 0) {
      closeSync(this.#fd);
      throw unreadable(path, `it has ${size} bytes, not a multiple of ${rowBytes}`);
    }
    this.rowBytes = rowBytes;
    this.count = size / rowBytes;
  }

  read(first: number, rows: number, target: Uint8Array, at: number): void {
    const wanted = rows * this.rowBytes;
    const got = readSync(this.#fd, target, at, wanted, first * this.rowBytes);
    if (got !== wanted)
      throw unreadable(`rows ${first} to ${first + rows}`, `only ${got} of ${wanted} bytes were read`);
  }

  [Symbol.dispose](): void {
    closeSync(this.#fd);
  }
}

function unreadable(path: string, reason: string, cause?: unknown): UnderstudyError {
  return new UnderstudyError({
    kind: 'input',
    code: 'file-unreadable',
    message: `The stored rows ${path} cannot be read: ${reason}.`,
    next: 'Remove the file; it is made again from the recordings.',
    cause,
  });
}

/**
 * Writes rows to a file that appears whole or not at all.
 *
 * @throws UnderstudyError `write-failed`; what `rows` throws. The earlier file is intact then
 */
export async function writeRows(path: string, rows: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<void> {
  using file = new WholeFile(path, 'Make room on the disk, or name another folder for the work in progress (--work).');
  for await (const row of rows) file.write(row);
  file.publish();
}

/** SHA-256 over all rows, in hexadecimal: identifies the data. */
export function rowsSha256(rows: Rows): string {
  const hash = createHash('sha256');
  const some = Math.max(1, Math.floor(1024 ** 2 / rows.rowBytes));
  const buffer = new Uint8Array(some * rows.rowBytes);
  for (let first = 0; first < rows.count; first += some) {
    const count = Math.min(some, rows.count - first);
    rows.read(first, count, buffer, 0);
    hash.update(buffer.subarray(0, count * rows.rowBytes));
  }
  return hash.digest('hex');
}
