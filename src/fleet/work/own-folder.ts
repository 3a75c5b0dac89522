/**
 * One worker a folder: two would train in one place. The file that says so is renewed while the worker lives, since a folder may be
 * mounted by several machines and containers, where a process id says nothing.
 */
import { randomUUID } from 'node:crypto';
import { readFileSync, readlinkSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { badOption, messageOf, UnderstudyError } from '../../core/errors.js';
import { isRunning } from '../../core/is-running.js';
import { jsonValue } from '../../core/json-lines.js';
import { makeFolders } from '../../core/make-folders.js';

/** How often it is renewed; one that was not for three times as long has no worker any more. */
const RENEW_EVERY_MS = 10_000;
const STALE_AFTER_MS = 3 * RENEW_EVERY_MS;

interface Owner {
  readonly pid: number;
  /** Where its process id means something. */
  readonly place: string;
  /** Of this worker alone. */
  readonly token: string;
}

export class OwnFolder implements Disposable {
  readonly path: string;
  readonly #file: string;
  readonly #token = randomUUID();
  readonly #renewing: NodeJS.Timeout;

  /** @throws UnderstudyError `bad-option` where a worker uses it; `write-failed` */
  constructor(work: string, place: string = thisPlace()) {
    this.path = work;
    this.#file = join(work, 'worker.json');
    try {
      makeFolders(work);
      const owner: Owner = { pid: process.pid, place, token: this.#token };
      if (!this.#create(owner)) {
        const other = ownerOf(this.#file);
        if (other !== null && isInUse(this.#file, other, place)) throw inUse(work, other, place);
        rmSync(this.#file, { force: true });
        if (!this.#create(owner)) throw inUse(work, ownerOf(this.#file), place); // another worker was faster
      }
    } catch (cause) {
      if (cause instanceof UnderstudyError) throw cause;
      throw new UnderstudyError({
        kind: 'environment',
        code: 'write-failed',
        message: `${this.#file} could not be written: ${messageOf(cause)}`,
        next: 'Name a folder that can be written to with --work.',
        cause,
      });
    }
    this.#renewing = setInterval(() => this.#renew(), RENEW_EVERY_MS).unref();
  }

  /** @returns false where there is one already */
  #create(owner: Owner): boolean {
    try {
      writeFileSync(this.#file, JSON.stringify(owner), { flag: 'wx' });
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
      throw error;
    }
  }

  get #isOurs(): boolean {
    return ownerOf(this.#file)?.token === this.#token;
  }

  #renew(): void {
    const now = new Date();
    try {
      if (this.#isOurs) utimesSync(this.#file, now, now);
    } catch {
      // the disk is away for a moment
    }
  }

  [Symbol.dispose](): void {
    clearInterval(this.#renewing);
    if (this.#isOurs) rmSync(this.#file, { force: true });
  }
}

/** Processes of one machine and one container know each other's ids. */
function thisPlace(): string {
  try {
    return `${hostname()} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return hostname(); // not Linux
  }
}

function ownerOf(file: string): Owner | null {
  try {
    const value = jsonValue(readFileSync(file, 'utf8')) as Partial<Owner> | null | undefined;
    if (typeof value?.pid !== 'number' || typeof value.place !== 'string' || typeof value.token !== 'string')
      return null;
    return value as Owner;
  } catch {
    return null; // it has just been removed
  }
}

function isInUse(file: string, { pid, place }: Owner, here: string): boolean {
  if (place === here && (pid === process.pid || !isRunning(pid))) return false; // it was killed
  const seen = statSync(file, { throwIfNoEntry: false });
  return seen !== undefined && Date.now() - seen.mtimeMs < STALE_AFTER_MS;
}

function inUse(work: string, owner: Owner | null, here: string): UnderstudyError {
  const who =
    owner === null
      ? 'Another worker'
      : owner.place === here
        ? `Process ${owner.pid}`
        : `A worker of ${owner.place.split(' ')[0]}`;
  return badOption(
    `${who} works in ${work} already.`,
    'Give that worker more --jobs, or this one another folder with --work.',
  );
}
