/**
 * What machines share: files by key, written whole or not at all. A folder that all of them mount, or a bucket.
 * Keys are relative paths with `/`; nothing outside the store can be named.
 */
import { randomUUID } from 'node:crypto';
import {
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf, UnderstudyError } from '../core/errors.js';
import { jsonValue } from '../core/json-lines.js';
import { makeFolders } from '../core/make-folders.js';
import { writeWholeFile } from '../core/whole-file.js';

export interface Store {
  /** For people; without secrets. */
  readonly shown: string;
  /** Copies a local file to the key. @throws UnderstudyError `store-failed`; what was there is intact */
  put(key: string, path: string): Promise<void>;
  /** Copies to a local file, whole, making its folder. @returns false where nothing has the key @throws `store-failed` */
  get(key: string, path: string): Promise<boolean>;
  /** Bytes of the file at the key; null where there is none. */
  sizeOf(key: string): Promise<number | null>;
  /** Keys that begin with the prefix, sorted. */
  list(prefix: string): Promise<string[]>;
  /** Removes what begins with the prefix. */
  remove(prefix: string): Promise<void>;
}

/** @param next what to do, where more is known: one sentence */
export function storeFailed(
  store: string,
  what: string,
  cause: unknown,
  next = 'Look whether this machine reaches it and may write there, and run the same command again.',
): UnderstudyError {
  return new UnderstudyError({
    kind: 'environment',
    code: 'store-failed',
    message: `${what} in the store ${store}: ${messageOf(cause)}`,
    next,
    cause,
  });
}

/** A store in a folder that every machine mounts. */
export class FolderStore implements Store {
  readonly shown: string;
  readonly #root: string;

  constructor(folder: string) {
    this.#root = resolve(folder);
    this.shown = this.#root;
  }

  put(key: string, path: string): Promise<void> {
    return this.#try(`${key} could not be written`, () => copyWhole(path, this.#at(key)));
  }

  get(key: string, path: string): Promise<boolean> {
    return this.#try(`${key} could not be read`, () => {
      if (!existsSync(this.#at(key))) return false;
      copyWhole(this.#at(key), path);
      return true;
    });
  }

  sizeOf(key: string): Promise<number | null> {
    return this.#try(
      `${key} could not be looked for`,
      () => statSync(this.#at(key), { throwIfNoEntry: false })?.size ?? null,
    );
  }

  list(prefix: string): Promise<string[]> {
    return this.#try(`${prefix} could not be listed`, () => {
      const folder = prefix.slice(0, prefix.lastIndexOf('/') + 1);
      if (!existsSync(this.#at(folder))) return [];
      const entries = readdirSync(this.#at(folder), { recursive: true, withFileTypes: true });
      const keys = entries
        .filter((entry) => entry.isFile() && !entry.name.endsWith(UNFINISHED))
        .map(({ parentPath, name }) =>
          join(parentPath, name)
            .slice(this.#root.length + 1)
            .replaceAll('\\', '/'),
        );
      return keys.filter((key) => key.startsWith(prefix)).sort();
    });
  }

  async remove(prefix: string): Promise<void> {
    for (const key of await this.list(prefix)) {
      await this.#try(`${key} could not be removed`, () => rmSync(this.#at(key), { force: true }));
    }
  }

  #at(key: string): string {
    const parts = key.split('/');
    if (parts.includes('..')) throw new Error('it is outside');
    return join(this.#root, ...parts);
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- a bucket waits where a folder need not
  async #try<T>(what: string, work: () => T): Promise<T> {
    try {
      return work();
    } catch (cause) {
      throw storeFailed(this.shown, what, cause);
    }
  }
}

/** Of files that are being copied. */
const UNFINISHED = '.part';

/** Two machines may copy to the same place at the same time. */
function copyWhole(from: string, to: string): void {
  makeFolders(dirname(to));
  const part = `${to}.${randomUUID()}${UNFINISHED}`;
  try {
    copyFileSync(from, part);
    const file = openSync(part, 'r+');
    fsyncSync(file);
    closeSync(file);
    renameSync(part, to);
  } finally {
    rmSync(part, { force: true });
  }
}

const IDENTITY = 'store.json';
/** Longer than another machine takes from looking for the identity to writing one. */
const SETTLED_AFTER_MS = 1500;

/**
 * Opens a store and reads what tells it from others: two machines that mean different folders must find out before a job
 * is taken. Makes it where it is new.
 *
 * @param folder for the copy of its identity
 * @returns its id
 * @throws UnderstudyError `store-failed`
 */
export async function identify(store: Store, folder: string): Promise<string> {
  const path = join(folder, IDENTITY);
  for (let attempt = 0; attempt < 2; attempt += 1) {
    if (await store.get(IDENTITY, path)) {
      const parsed = jsonValue(readFileSync(path, 'utf8')) as { id?: unknown } | undefined;
      if (typeof parsed?.id === 'string') return parsed.id;
      throw storeFailed(store.shown, `${IDENTITY} is not ours`, new Error('it has no id'));
    }
    writeWholeFile(path, JSON.stringify({ id: randomUUID() }), 'Name another folder with --work.');
    await store.put(IDENTITY, path);
    // read again once others that saw none have written theirs too: the last one stays, and all must see that one
    await sleep(SETTLED_AFTER_MS);
  }
  throw storeFailed(store.shown, `${IDENTITY} was written and is not there`, new Error('absent'));
}
