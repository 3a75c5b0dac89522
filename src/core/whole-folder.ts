/**
 * Folders that appear whole or not at all: filled under another name, and renamed once every file is on the disk. A
 * folder that was there before stays until then.
 */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { makeFolders } from './make-folders.js';

/** A folder that is being written. Always dispose it: what was not published is removed. */
export class WholeFolder implements AsyncDisposable {
  /** Where its files are until it is published. */
  readonly path: string;
  readonly #place: string;

  private constructor(place: string, path: string) {
    this.#place = place;
    this.path = path;
  }

  /** @throws the file system's error, as all methods do */
  static async create(folder: string): Promise<WholeFolder> {
    const place = resolve(folder);
    const fresh = join(dirname(place), `.${basename(place)}.${process.pid}-${randomBytes(4).toString('hex')}`);
    makeFolders(dirname(fresh));
    await mkdir(fresh);
    return new WholeFolder(place, fresh);
  }

  /** Writes one file and waits until the disk has it. */
  async write(name: string, data: Uint8Array | string): Promise<void> {
    const file = await open(join(this.path, name), 'wx');
    try {
      await file.writeFile(data);
      await file.sync();
    } finally {
      await file.close();
    }
  }

  /** Moves the folder to its place. To be called once. The folder that was there is removed last. */
  async publish(): Promise<void> {
    if (!existsSync(this.#place)) return rename(this.path, this.#place);
    const old = `${this.path}.old`;
    await rename(this.#place, old);
    try {
      await rename(this.path, this.#place);
    } catch (error) {
      await rename(old, this.#place);
      throw error;
    }
    await rm(old, { recursive: true, force: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.path, { recursive: true, force: true }).catch(() => undefined); // the first failure is the one to report
  }
}
