/** A Redis server, a store and workers of the proof's own. */
import type { ChildProcess } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { laneName, PREFIX, type JobQueue, type SeenJob } from '../../../src/fleet/queue.js';
import { RedisServer } from '../../../testing/fleet/redis-server.js';
import { PROJECT_ROOT } from '../../../testing/cli/cli.js';
import { descendantsOf } from '../../../src/system/process-cost.js';
import { keep, kill, killOwn, startLogged } from './processes.js';

/** Where workers find their jobs and files. */
export interface Ground {
  readonly redis: RedisServer;
  readonly store: string;
  /** For their logs and work folders. */
  readonly folder: string;
}

export async function openGround(folder: string): Promise<Ground> {
  const redis = await RedisServer.start(join(folder, 'redis'), [], keep);
  const store = join(folder, 'store');
  mkdirSync(store);
  return { redis, store, folder };
}

/** Options that name queue and store. */
export const placesOf = ({ redis, store }: Ground): string[] => ['--queue', redis.address, '--store', store];

/** One `understudy worker`, which may be killed and started again in its folder. */
export class OwnWorker {
  readonly #ground: Ground;
  readonly #name: string;
  readonly #through: readonly string[];
  #child: ChildProcess | null = null;
  #frozen: readonly number[] | null = null;

  /** @param through a command to run it through, which becomes it */
  constructor(ground: Ground, name: string, through: readonly string[] = []) {
    [this.#ground, this.#name, this.#through] = [ground, name, through];
  }

  start(): void {
    const { folder } = this.#ground;
    const program = join(PROJECT_ROOT, 'bin', 'understudy.js');
    const own = ['worker', ...placesOf(this.#ground), '--work', join(folder, this.#name)];
    this.#child = startLogged([...this.#through, process.execPath, program, ...own], this.#log);
  }

  get pid(): number {
    return this.#child!.pid!;
  }

  /** As it names itself on the queue: by the last line in which it says so, since it may have been started again. */
  get nameOnQueue(): string | null {
    const said = [...readFileSync(this.#log, 'utf8').matchAll(/^worker (\S+): understudy /gm)];
    return said.map(([, name]) => name).findLast((name) => name.includes(`-${this.pid}-`)) ?? null;
  }

  /** Waits for what it prints. @throws where it does not in time */
  async untilSaid(text: string, seconds: number): Promise<void> {
    for (let waited = 0; waited < seconds; waited += 0.1) {
      if (readFileSync(this.#log, 'utf8').includes(text)) return;
      await sleep(100);
    }
    throw new Error(`${this.#name} did not say '${text}': ${readFileSync(this.#log, 'utf8')}`);
  }

  get #log(): string {
    return join(this.#ground.folder, `${this.#name}.log`);
  }

  /** A job that trains or plays is a child of its own. */
  get hasJob(): boolean {
    return descendantsOf(this.pid).length > 0;
  }

  get hasEnded(): boolean {
    return this.#child!.exitCode !== null || this.#child!.signalCode !== null;
  }

  get isFrozen(): boolean {
    return this.#frozen !== null;
  }

  /** @param whole its children too */
  async kill(whole: boolean): Promise<void> {
    await killOwn(this.#child!, whole);
  }

  /** Itself and its children, in one moment. */
  freeze(): void {
    this.#frozen = [this.pid, ...descendantsOf(this.pid)];
    for (const pid of this.#frozen) kill(pid, 'SIGSTOP');
  }

  thaw(): void {
    for (const pid of this.#frozen ?? []) kill(pid, 'SIGCONT');
    this.#frozen = null;
  }

  async end(): Promise<void> {
    if (this.#child !== null) await killOwn(this.#child, true);
  }
}

/** All jobs that stand on the server, whatever their state. */
export async function allJobs(queue: JobQueue): Promise<SeenJob[]> {
  const jobs: SeenJob[] = [];
  for (const lane of await queue.lanes()) {
    const root = `${PREFIX}:${laneName(lane)}:`;
    const keys = await queue.client.keys(`${root}*`);
    const ids = keys.map((key) => key.slice(root.length)).filter((id) => /^[a-z]+-[0-9a-f]{20}$/.test(id));
    jobs.push(...(await queue.look(lane, ids)).filter((job) => job !== null));
  }
  return jobs.sort((a, b) => (a.id < b.id ? -1 : 1));
}
