/** A file that appears under its name only when it is whole: a job that is stopped or fails leaves nothing behind. */
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { messageOf, UnderstudyError } from '../../core/errors.js';

export class PartFile implements Disposable {
  readonly #out: string;
  readonly #part: string;
  #fd: number | null;

  /** Opens `<out>.part`. @throws UnderstudyError `write-failed` */
  constructor(out: string) {
    this.#out = out;
    this.#part = `${out}.part`;
    this.#fd = this.#guarded(() => openSync(this.#part, 'w'));
  }

  /** Appends. @throws UnderstudyError `write-failed` */
  write(bytes: Uint8Array): void {
    this.#guarded(() => {
      for (let at = 0; at < bytes.length;) at += writeSync(this.#fd!, bytes, at);
    });
  }

  /** Gives the file its name; what had that name before is replaced. @throws UnderstudyError `write-failed` */
  async keep(): Promise<void> {
    this.#close();
    await rename(this.#part, this.#out).catch((error: unknown) => this.#fail(error));
  }

  /** Removes what was written, unless it was kept. */
  [Symbol.dispose](): void {
    this.#close();
    rmSync(this.#part, { force: true });
  }

  #close(): void {
    if (this.#fd !== null) closeSync(this.#fd);
    this.#fd = null;
  }

  #guarded<T>(step: () => T): T {
    try {
      return step();
    } catch (error) {
      return this.#fail(error);
    }
  }

  #fail(error: unknown): never {
    throw new UnderstudyError({
      kind: 'environment',
      code: 'write-failed',
      message: `${this.#out} cannot be written: ${messageOf(error)}.`,
      next: 'Check that the folder exists and may be written to, and that the disk is not full.',
      cause: error,
    });
  }
}

/** Refuses to write over one of the files that are read. @throws UnderstudyError `bad-option` */
export function refuseOwnFile(own: string): never {
  throw new UnderstudyError({
    kind: 'usage',
    code: 'bad-option',
    message: `${own} belongs to the recording itself: it is never overwritten.`,
    next: 'Name another file with --out, such as video.mp4.',
  });
}
