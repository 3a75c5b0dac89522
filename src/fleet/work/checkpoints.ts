/**
 * Checkpoints of a training in the store, so that another machine continues from the last whole epoch. Each attempt writes to a
 * folder of its own and reads those of all: the newest is taken.
 */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { messageOf } from '../../core/errors.js';
import { jsonValue } from '../../core/json-lines.js';
import { replaceJson } from '../../core/plain-json.js';
import type { Store } from '../store.js';

const INDEX = 'index.json';

const indexSchema = z.object({
  files: z.array(z.object({ path: z.string().regex(/^(?!.*\.\.)[\w/.-]+\.checkpoint$/), mtimeMs: z.number() })),
});
type Kept = z.infer<typeof indexSchema>['files'][number];

export interface OfJob {
  /** With the program: another one may train otherwise. */
  readonly id: string;
  readonly attempt: number;
  /** Of the sweep, on this machine. */
  readonly folder: string;
  /** How the paths of this job's checkpoints begin. */
  readonly within: string;
}

export class Checkpoints {
  readonly #store: Store;
  readonly #say: (text: string) => void;
  readonly #of: OfJob;
  /** Of this attempt; a server that forgot all counts attempts from 1 again. */
  readonly #name: string;
  /** mtime of what is in the store, by path. */
  readonly #sent = new Map<string, number>();
  /** Of what is in the store: clocks of machines differ, and what follows it must be newer. */
  #newestMs = 0;
  #sending: Promise<void> = Promise.resolve();
  #isAsked = false;

  constructor(store: Store, say: (text: string) => void, of: OfJob) {
    this.#store = store;
    this.#say = say;
    this.#of = of;
    this.#name = `${of.attempt}-${randomUUID().slice(0, 8)}`;
  }

  /** Puts those of earlier attempts in place that are newer than what lies here. */
  async bring(): Promise<void> {
    const { folder } = this.#of;
    const temporary = mkdtempSync(join(tmpdir(), 'understudy-checkpoints-'));
    try {
      for (const key of await this.#store.list(`${this.#root()}/`)) {
        if (!key.endsWith(`/${INDEX}`)) continue;
        const index = join(temporary, INDEX);
        if (!(await this.#store.get(key, index))) continue;
        const files = indexSchema.safeParse(jsonValue(readFileSync(index, 'utf8'))).data?.files ?? [];
        for (const { path, mtimeMs } of files) {
          this.#newestMs = Math.max(this.#newestMs, mtimeMs);
          const to = join(folder, path);
          if (mtimeOf(to) >= mtimeMs) continue;
          if (await this.#store.get(`${key.slice(0, -INDEX.length)}${path}`, to))
            utimesSync(to, mtimeMs / 1000, mtimeMs / 1000);
        }
      }
    } finally {
      rmSync(temporary, { recursive: true, force: true });
    }
  }

  /** Sends what changed, in the background; one that is asked for while one is under way follows it. */
  keep(): void {
    if (this.#isAsked) return;
    this.#isAsked = true;
    this.#sending = this.#sending.then(() => {
      this.#isAsked = false;
      return this.#send().catch((error: unknown) => this.#say(`a checkpoint is not kept: ${messageOf(error)}`));
    });
  }

  /** After what was asked for is sent, or it was said that it is not. */
  async kept(): Promise<void> {
    this.keep();
    await this.#sending;
  }

  /** Once the job is done: those of this attempt and of earlier ones. A later one's stay, where this one is done too late. */
  async remove(): Promise<void> {
    for (const key of await this.#store.list(`${this.#root()}/`)) {
      const attempt = Number.parseInt(key.slice(this.#root().length + 1), 10);
      if (attempt <= this.#of.attempt) await this.#store.remove(key);
    }
  }

  async #send(): Promise<void> {
    const { folder, within } = this.#of;
    const here = checkpointsIn(folder).filter(({ path }) => path.startsWith(within));
    const changed = here.filter(({ path, mtimeMs }) => this.#sent.get(path) !== mtimeMs);
    if (changed.length === 0) return;
    const own = `${this.#root()}/${this.#name}`;
    for (const { path, mtimeMs } of changed) {
      await this.#store.put(`${own}/${path}`, join(folder, path));
      this.#sent.set(path, mtimeMs);
    }
    const temporary = mkdtempSync(join(tmpdir(), 'understudy-checkpoints-'));
    try {
      const index = join(temporary, INDEX);
      this.#newestMs += 1;
      replaceJson(index, {
        files: here.map(({ path, mtimeMs }) => ({ path, mtimeMs: Math.max(mtimeMs, this.#newestMs) })),
      });
      await this.#store.put(`${own}/${INDEX}`, index);
    } finally {
      rmSync(temporary, { recursive: true, force: true });
    }
  }

  #root(): string {
    return `checkpoints/${this.#of.id}`;
  }
}

function checkpointsIn(folder: string): Kept[] {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return names
    .filter((name) => name.endsWith('.checkpoint'))
    .map((name) => ({ path: name.replaceAll('\\', '/'), mtimeMs: mtimeOf(join(folder, name)) }));
}

/** -Infinity where there is none. */
function mtimeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Number.NEGATIVE_INFINITY;
}
