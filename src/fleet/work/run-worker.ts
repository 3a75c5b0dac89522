/** `worker`: takes jobs of a queue until it is told to end. */
import { hostname } from 'node:os';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { badOption } from '../../core/errors.js';
import { isRunning } from '../../core/is-running.js';
import { writeWholeFile } from '../../core/whole-file.js';
import { openFleet, type FleetRequest } from '../fleet.js';
import { identify } from '../store.js';
import { Taker } from '../taker.js';
import { ownTags } from './own-tags.js';
import { doJob } from './worker.js';

export interface WorkerRequest extends Omit<FleetRequest, 'needs'> {
  /** Local folder: files that were fetched, trainings that continue. */
  readonly work: string;
  readonly tags: readonly string[];
  /** Jobs at a time, >= 1. */
  readonly slots: number;
  /** Told to end, it finishes what it has begun; else it hands it back, to continue elsewhere from the last epoch. */
  readonly finishes: boolean;
  /** It leaves after this long without a job, s; null: never. */
  readonly idleSeconds: number | null;
}

/** @throws UnderstudyError as openFleet; `bad-option` where a worker uses the folder already */
export async function runWorker(
  request: WorkerRequest,
  say: (text: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const { work, slots, finishes, idleSeconds } = request;
  const tags = [...new Set([...request.tags, ...ownTags()])].sort();
  using own = new OwnFolder(work);
  await using fleet = await openFleet({ ...request, needs: [] }, own.path, say);
  const { queue, lane, store } = fleet;
  const name = `${hostname().replaceAll(/[^\w.-]/g, '-')}-${process.pid}`;
  say(`worker ${name}: understudy ${lane.program}, ${tags.join(', ')}; ${slots} at a time, files in ${store.shown}`);
  const taker = new Taker({
    ...{ queue, name, tags, slots, say, program: lane.program, storeId: () => identify(store, join(work, 'stores')) },
    run: (job, report, ending) => doJob({ queue, store, work, say }, job, report, ending),
  });
  await taker.take(signal, finishes, idleSeconds === null ? undefined : idleSeconds * 1000);
  say(`worker ${name} has left`);
}

/** Two workers must not train in one folder. One worker a machine is also what limits a machine. */
class OwnFolder implements Disposable {
  readonly path: string;
  readonly #file: string;

  constructor(work: string) {
    this.path = work;
    this.#file = join(work, 'worker.pid');
    const other = existsSync(this.#file) ? Number(readFileSync(this.#file, 'utf8')) : 0;
    if (other > 0 && other !== process.pid && isRunning(other)) {
      throw badOption(
        `Process ${other} works in ${work} already.`,
        'Give that worker more --jobs, or this one another folder with --work.',
      );
    }
    writeWholeFile(this.#file, String(process.pid), 'Name a folder that can be written to with --work.');
  }

  [Symbol.dispose](): void {
    rmSync(this.#file, { force: true });
  }
}
