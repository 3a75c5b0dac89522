/** Files by the hash of their content: published once, fetched once a machine, and checked when they arrive. */
import { createHash, randomUUID } from 'node:crypto';
import { copyFileSync, linkSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { UnderstudyError } from '../core/errors.js';
import { makeFolders } from '../core/make-folders.js';
import { measureFile } from './measure-file.js';
import type { FileRef } from './payloads.js';
import type { Store } from './store.js';

/** Of what a training leaves: what another machine needs, and not what it makes again in a moment. */
export const isWorthSending = (path: string): boolean => !/(^|\/)(tensorboard\/|latents-)|\.(gray|part)$/.test(path);

const keyOf = (sha256: string): string => `objects/${sha256.slice(0, 2)}/${sha256}`;

export class Artefacts {
  readonly #store: Store;
  readonly #cache: string;

  /** @param cache local folder of what was fetched; it may be removed while nothing runs */
  constructor(store: Store, cache: string) {
    this.#store = store;
    this.#cache = cache;
  }

  /** @param as how the receiver shall name it: a relative path with `/` @throws UnderstudyError `store-failed` */
  async publish(path: string, as: string): Promise<FileRef> {
    const { sha256, bytes } = await measureFile(path);
    const key = keyOf(sha256);
    // also one that was cut short is put again
    if ((await this.#store.sizeOf(key)) !== bytes) {
      await this.#store.put(key, path);
      if ((await measureFile(path)).sha256 !== sha256) {
        await this.#store.remove(key);
        throw changes(path);
      }
    }
    return { path: as, sha256, bytes };
  }

  /** The files of `root`/`folder`, by their paths in `root`. */
  async publishFolder(root: string, folder: string, keep: (path: string) => boolean = () => true): Promise<FileRef[]> {
    const entries = readdirSync(join(root, folder), { recursive: true, withFileTypes: true });
    const paths = entries
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => relative(root, join(parentPath, name)).replaceAll('\\', '/'));
    const files: FileRef[] = [];
    for (const path of paths.filter(keep).sort()) files.push(await this.publish(join(root, path), path));
    return files;
  }

  /**
   * Puts the files under a folder, where they are not there already.
   *
   * @param by `link` for files that no one changes: large ones are then on the disk once
   * @throws UnderstudyError `store-failed`
   */
  async place(files: readonly FileRef[], folder: string, by: 'copy' | 'link' = 'copy'): Promise<void> {
    for (const { path, sha256, bytes } of archivesLast(files)) {
      const to = join(folder, ...path.split('/'));
      // a link is to a file that was checked as it came
      if (sizeOf(to) === bytes && (by === 'link' || (await measureFile(to)).sha256 === sha256)) continue;
      await this.#fetch(sha256, bytes);
      makeFolders(dirname(to));
      // two jobs may bring the same file at the same time
      const part = `${to}.${process.pid}.${randomUUID()}`;
      if (by === 'link') linkOrCopy(this.#at(sha256), part);
      else copyFileSync(this.#at(sha256), part);
      renameSync(part, to);
    }
  }

  /** As {@link place}. @returns false where the store has not all of them, or not as they were; what is there may be placed */
  async tryToPlace(files: readonly FileRef[], folder: string): Promise<boolean> {
    try {
      await this.place(files, folder);
      return true;
    } catch (error) {
      if (error instanceof NotWhole) return false;
      throw error;
    }
  }

  /** A name for these files together. */
  static digest(files: readonly FileRef[]): string {
    const text = files.map(({ path, sha256 }) => `${path}\n${sha256}\n`).join('');
    return createHash('sha256').update(text).digest('hex').slice(0, 16);
  }

  #at(sha256: string): string {
    return join(this.#cache, 'objects', sha256);
  }

  async #fetch(sha256: string, bytes: number): Promise<void> {
    const path = this.#at(sha256);
    if (sizeOf(path) === bytes) return;
    if (!(await this.#store.get(keyOf(sha256), path))) throw new NotWhole(this.#store.shown, sha256);
    if ((await measureFile(path)).sha256 === sha256) return;
    rmSync(path, { force: true });
    // damaged: gone, so that who has the file puts it again
    await this.#store.remove(keyOf(sha256));
    throw new NotWhole(this.#store.shown, sha256);
  }
}

/** Where the archive of a training is, what belongs to it is too: a kill in between must not leave it alone. */
function archivesLast(files: readonly FileRef[]): readonly FileRef[] {
  const isArchive = ({ path }: FileRef): boolean => path.endsWith('.keras');
  return [...files.filter((file) => !isArchive(file)), ...files.filter(isArchive)];
}

function changes(path: string): UnderstudyError {
  return new UnderstudyError({
    kind: 'environment',
    code: 'store-failed',
    message: `${path} changed while it was published.`,
    next: 'Run the same command again once nothing writes to it.',
  });
}

class NotWhole extends UnderstudyError {
  constructor(store: string, sha256: string) {
    super({
      kind: 'environment',
      code: 'store-failed',
      message: `The store ${store} has no whole file ${sha256}, which a job needs.`,
      next: 'Run the command that asked for the job again: it publishes what is not there.',
    });
  }
}

/** Null where there is no file. */
const sizeOf = (path: string): number | null => statSync(path, { throwIfNoEntry: false })?.size ?? null;

function linkOrCopy(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch {
    copyFileSync(from, to); // another file system
  }
}
