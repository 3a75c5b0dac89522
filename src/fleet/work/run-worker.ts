/** `worker`: takes jobs of a queue until it is told to end. */
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { openFleet, type FleetRequest } from '../fleet.js';
import { identify } from '../store.js';
import { Taker } from '../taker.js';
import { OwnFolder } from './own-folder.js';
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
  // containers of one host may have its name, and the same process ids
  const name = `${hostname().replaceAll(/[^\w.-]/g, '-')}-${process.pid}-${randomBytes(2).toString('hex')}`;
  say(`worker ${name}: understudy ${lane.program}, ${tags.join(', ')}; ${slots} at a time, files in ${store.shown}`);
  const taker = new Taker({
    ...{ queue, name, tags, slots, say, program: lane.program, storeId: () => identify(store, join(work, 'stores')) },
    run: (job, report, ending) => doJob({ queue, store, work, say }, job, report, ending),
  });
  await taker.take(signal, finishes, idleSeconds === null ? undefined : idleSeconds * 1000);
  say(`worker ${name} has left`);
}
