/** A store in a bucket of any server that speaks S3: each file is one object, written by one request. */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { WholeFile } from '../core/whole-file.js';
import type { S3Address } from './s3-address.js';
import { measureFile } from './measure-file.js';
import { parseKeysPage, type KeysPage } from './s3-answers.js';
import { contentOf, S3Client, S3Refused, textOf, type SentFile } from './s3-client.js';
import { s3Failed } from './s3-failures.js';
import { storeFailed, type Store } from './store.js';

/** Before the second of four attempts; the fourth comes after some 2 s. */
const WAIT_MS = 300;
/** A server has no request that removes a prefix, and not all have one for many keys. */
const REMOVED_AT_ONCE = 8;

export class S3Store implements Store {
  readonly shown: string;
  readonly #prefix: string;
  readonly #client: S3Client;
  #isThere: Promise<void> | null = null;

  /** @param waitMs before a request is sent again; twice as long before each further attempt */
  constructor(address: S3Address, waitMs = WAIT_MS) {
    this.shown = address.shown;
    this.#prefix = address.prefix;
    this.#client = new S3Client(address, waitMs);
  }

  /** At most 5 GB: more than S3 takes in one request. */
  put(key: string, path: string): Promise<void> {
    return this.#try(`${key} could not be written`, async () => {
      const at = this.#at(key);
      const file = await this.#toSend(key, path);
      await this.#client.ask({ method: 'PUT', key: at, file }, textOf);
    });
  }

  /** @throws UnderstudyError also `write-failed` where this machine cannot take the file */
  get(key: string, path: string): Promise<boolean> {
    const read = (answer: IncomingMessage) => receive(answer, path);
    return this.#try(`${key} could not be read`, () =>
      unlessAbsent(this.#client.ask({ method: 'GET', key: this.#at(key) }, read)),
    );
  }

  sizeOf(key: string): Promise<number | null> {
    return this.#try(`${key} could not be looked for`, async () => {
      let bytes: number | null = null;
      const read = (answer: IncomingMessage): Promise<string> => {
        bytes = Number(answer.headers['content-length'] ?? 0);
        return textOf(answer);
      };
      await unlessAbsent(this.#client.ask({ method: 'HEAD', key: this.#at(key) }, read));
      return bytes;
    });
  }

  list(prefix: string): Promise<string[]> {
    return this.#try(`${prefix === '' ? 'What is there' : prefix} could not be listed`, async () => {
      const keys: string[] = [];
      for (let page: KeysPage | null = null; page?.next !== null;) {
        page = await this.#page(prefix, page?.next ?? null);
        keys.push(...page.keys);
      }
      // consoles of servers make empty objects that stand for folders
      return keys
        .map((key) => key.slice(this.#prefix.length))
        .filter(isKey)
        .sort();
    });
  }

  async remove(prefix: string): Promise<void> {
    const keys = await this.list(prefix);
    const removeNext = async () => {
      for (let key = keys.pop(); key !== undefined; key = keys.pop()) await this.#removeOne(key);
    };
    await Promise.all(Array.from({ length: REMOVED_AT_ONCE }, removeNext));
  }

  #removeOne(key: string): Promise<boolean> {
    return this.#try(`${key} could not be removed`, () =>
      unlessAbsent(this.#client.ask({ method: 'DELETE', key: this.#at(key) }, textOf)),
    );
  }

  #page(prefix: string, next: string | null, most?: number): Promise<KeysPage> {
    const query = {
      'list-type': '2',
      'encoding-type': 'url', // XML cannot hold all characters that a key can
      prefix: `${this.#prefix}${prefix}`,
      ...(next === null ? {} : { 'continuation-token': next }),
      ...(most === undefined ? {} : { 'max-keys': String(most) }),
    };
    return this.#client.ask({ method: 'GET', key: '', query }, async (answer) => parseKeysPage(await textOf(answer)));
  }

  #at(key: string): string {
    if (!isKey(key)) throw new Error('it is not a key of a file');
    return `${this.#prefix}${key}`;
  }

  async #toSend(key: string, path: string): Promise<SentFile> {
    try {
      return { path, ...(await measureFile(path)) };
    } catch (cause) {
      const next = 'Look whether the file is there and may be read, and run the same command again.';
      throw storeFailed(this.shown, `${key} could not be written from ${path}`, cause, next);
    }
  }

  async #try<T>(what: string, work: () => Promise<T>): Promise<T> {
    try {
      await this.#look();
      return await work();
    } catch (error) {
      throw s3Failed(this.shown, what, error);
    }
  }

  /**
   * Once: a server without this bucket, and one that is not for S3, answer "404" too, and say in no answer to HEAD why
   * they refuse.
   */
  #look(): Promise<void> {
    this.#isThere ??= this.#page('', null, 1).then(
      () => undefined,
      (error: unknown) => {
        this.#isThere = null;
        throw error;
      },
    );
    return this.#isThere;
  }
}

/** Without names that an address drops: '..' would leave the prefix. */
function isKey(key: string): boolean {
  return key.split('/').every((name) => !/^\.{0,2}$/.test(name));
}

/** @returns false where the server says that there is no such key */
async function unlessAbsent(answer: Promise<unknown>): Promise<boolean> {
  try {
    await answer;
    return true;
  } catch (error) {
    if (error instanceof S3Refused && error.status === 404) return false;
    throw error;
  }
}

/** Writes an answer's content to a file, whole or not at all. */
async function receive(answer: IncomingMessage, path: string): Promise<void> {
  const length = answer.headers['content-length'];
  if (length === undefined) throw new Error('the server does not say how long it is');
  const next = 'Make space there or name another folder, and run the same command again.';
  using file = new WholeFile(path, next, { under: `${path}.${randomUUID()}.part` });
  let bytes = 0;
  for await (const part of contentOf(answer)) {
    file.write(part);
    bytes += part.length;
  }
  if (bytes !== Number(length)) throw new Error(`${bytes} of ${length} bytes arrived`);
  file.publish();
}
