/**
 * Jobs on a queue. BullMQ on a Redis server does the queueing: order, locks, retries, what a dead worker leaves. A queue of it
 * holds the jobs of one program, one store and one set of needs; a list on the server names those queues, so that a worker
 * finds the ones that it can serve and can say which it cannot.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Queue, type Job, type JobsOptions, type JobType } from 'bullmq';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import { jsonValue } from '../core/json-lines.js';
import { hashOf } from '../core/plain-json.js';
import { receivedError, type SentError } from '../core/sent-error.js';
import type { QueueAddress } from './address.js';
import { labelOf, PRIORITY, progressSchema, type JobProgress, type Payload } from './payloads.js';
import { connect } from './server.js';

/** Of all keys on the server. */
export const PREFIX = 'understudy';
const LANES_KEY = `${PREFIX}:lanes`;
const PAUSED_KEY = `${PREFIX}:paused`;
const CANCELLED_KEY = `${PREFIX}:cancelled`;

/** A failure may be an accident once; how often it is tried, with a pause that doubles. */
const ATTEMPTS = 3;
const RETRY_DELAY_MS = 1000;
/** Finished jobs are what makes adding them again do nothing. */
const KEPT_SECONDS = 30 * 24 * 3600;
/** A server that does not answer is left without a goodbye. */
const GOODBYE_WITHIN_MS = 2000;
/** Read at a time. */
const AT_A_TIME = 200;

const laneSchema = z.object({ program: z.string(), store: z.string(), needs: z.array(z.string()) });

/** What the jobs of one BullMQ queue have in common. */
export type Lane = Readonly<z.infer<typeof laneSchema>>;

export const laneName = (lane: Lane): string => `${lane.program}-${hashOf(lane, 8)}`;

export interface NamedJob {
  readonly id: string;
  readonly job: Payload;
}

export type JobState = 'waiting' | 'active' | 'done' | 'failed';

/** A job as it stands on the server. */
export interface SeenJob {
  readonly id: string;
  readonly state: JobState;
  readonly group: string;
  readonly kind: string;
  /** For people. */
  readonly label: string;
  readonly result: unknown;
  /** Why it failed last, also where it is tried again; null where it never did. */
  readonly failure: SentError | null;
  readonly progress: JobProgress | null;
  /** The worker that has or had it; null before the first. */
  readonly worker: string | null;
  /** How often it was begun: more than once after a failure, a dead worker or a hand-back. */
  readonly begun: number;
  /** How often its worker was gone. */
  readonly stalled: number;
}

/** An id of the content: the same job has the same id, so that it is added once. Neither digits alone nor with a colon. */
export function jobId(job: Payload): string {
  return `${job.kind}-${hashOf(job, 20)}`;
}

export const jobOptions = ({ id, job }: NamedJob): JobsOptions => ({
  jobId: id,
  priority: PRIORITY[job.kind],
  attempts: ATTEMPTS,
  backoff: { type: 'exponential', delay: RETRY_DELAY_MS },
  removeOnComplete: { age: KEPT_SECONDS },
  removeOnFail: { age: KEPT_SECONDS },
});

export class JobQueue implements AsyncDisposable {
  readonly client: Redis;
  readonly #queues = new Map<string, Queue>();

  private constructor(client: Redis) {
    this.client = client;
  }

  /** @throws UnderstudyError as connect */
  static async open(address: QueueAddress, onLost?: (reason: string | null) => void): Promise<JobQueue> {
    return new JobQueue(await connect(address, onLost));
  }

  /** Adds what is not there yet. */
  async add(lane: Lane, jobs: readonly NamedJob[]): Promise<void> {
    await this.client.hset(LANES_KEY, laneName(lane), JSON.stringify(lane));
    const queue = this.#queue(laneName(lane));
    if ((await this.client.exists(PAUSED_KEY)) === 1) await queue.pause(); // also lanes that are new
    for (const some of inParts(jobs)) {
      await queue.addBulk(
        some.map((named) => ({ name: labelOf(named.job), data: named.job, opts: jobOptions(named) })),
      );
    }
    await this.client.hset(LANES_KEY, laneName(lane), JSON.stringify(lane)); // it may have been cleaned in between
  }

  /** Tries jobs again that failed for good. */
  async retryFailed(lane: Lane, ids: readonly string[]): Promise<void> {
    const queue = this.#queue(laneName(lane));
    for (const id of ids) {
      const job = (await queue.getJob(id)) as Job | undefined;
      if (job === undefined || !(await job.isFailed())) continue;
      try {
        await job.retry('failed', { resetAttemptsMade: true }); // attempts are still counted on: later ones win
      } catch (error) {
        if (await job.isFailed()) throw error; // another command tries it again already
      }
    }
  }

  /** Forgets jobs that failed for good, so that they are asked for as they are now. */
  async forgetFailed(lane: Lane, ids: readonly string[]): Promise<void> {
    const queue = this.#queue(laneName(lane));
    for (const id of ids) {
      const job = (await queue.getJob(id)) as Job | undefined;
      if (job !== undefined && (await job.isFailed())) await queue.remove(id);
    }
  }

  /** @returns in the order of the ids; null for one that is not on the server */
  async look(lane: Lane, ids: readonly string[]): Promise<(SeenJob | null)[]> {
    const queue = this.#queue(laneName(lane));
    const seen: (SeenJob | null)[] = [];
    for (const some of inParts(ids)) {
      const jobs = (await Promise.all(some.map((id) => queue.getJob(id)))) as (Job | undefined)[];
      seen.push(...(await Promise.all(jobs.map(async (job) => (job === undefined ? null : await lookAtJob(job))))));
    }
    return seen;
  }

  /** Of all programs and stores. */
  async lanes(): Promise<Lane[]> {
    const found = Object.values(await this.client.hgetall(LANES_KEY)).map((text) =>
      laneSchema.safeParse(jsonValue(text)),
    );
    return found.flatMap(({ data }) => (data === undefined ? [] : [data]));
  }

  /** How many jobs there are, by state of BullMQ. */
  async counts(lane: Lane): Promise<Readonly<Record<string, number>>> {
    return await this.#queue(laneName(lane)).getJobCounts();
  }

  /** Jobs that wait, run or failed; finished ones are counted only. @param most of each state */
  async openJobs(lane: Lane, most: number): Promise<SeenJob[]> {
    const queue = this.#queue(laneName(lane));
    const of = async (state: JobState, ...states: JobType[]): Promise<SeenJob[]> => {
      const jobs = (await queue.getJobs(states, 0, most - 1, true)) as (Job | undefined)[];
      return jobs.flatMap((job) => (job === undefined ? [] : [seenJob(job, state)]));
    };
    return [
      ...(await of('active', 'active')),
      ...(await of('waiting', 'prioritized', 'waiting', 'delayed')),
      ...(await of('failed', 'failed')),
    ];
  }

  /** Jobs that are done, the last first. @param most of them */
  async doneJobs(lane: Lane, most: number): Promise<SeenJob[]> {
    const jobs = (await this.#queue(laneName(lane)).getJobs(['completed'], 0, most - 1)) as (Job | undefined)[];
    return jobs.flatMap((job) => (job === undefined ? [] : [seenJob(job, 'done')]));
  }

  /** Forgets jobs that are not running, so that they can be asked for again. */
  async forget(lane: Lane, ids: readonly string[]): Promise<void> {
    for (const id of ids) await this.#queue(laneName(lane)).remove(id);
  }

  /** The groups are no longer cancelled. */
  async uncancel(groups: readonly string[]): Promise<void> {
    await this.client.srem(CANCELLED_KEY, ...groups);
  }

  /** Names of the workers that listen now. */
  async workers(lane: Lane): Promise<string[]> {
    const workers = await this.#queue(laneName(lane)).getWorkers();
    return workers.flatMap(({ rawname = '' }) => /:w:(.+)$/.exec(rawname)?.[1] ?? []).sort();
  }

  async isPaused(lane: Lane): Promise<boolean> {
    return await this.#queue(laneName(lane)).isPaused();
  }

  /** No job is taken until it is resumed, also of lanes that are made later; those that run continue. @returns how many lanes */
  async pause(): Promise<number> {
    await this.client.set(PAUSED_KEY, '1');
    const lanes = await this.lanes();
    for (const lane of lanes) await this.#queue(laneName(lane)).pause();
    return lanes.length;
  }

  /** @returns how many lanes */
  async resume(): Promise<number> {
    await this.client.del(PAUSED_KEY);
    const lanes = await this.lanes();
    for (const lane of lanes) await this.#queue(laneName(lane)).resume();
    return lanes.length;
  }

  /**
   * Removes a group's jobs that wait, and tells the workers to end those that run.
   *
   * @returns how many were removed or told to end
   */
  async cancel(group: string): Promise<{ readonly removed: number; readonly running: number }> {
    await this.client.sadd(CANCELLED_KEY, group);
    let [removed, running] = [0, 0];
    for (const lane of await this.lanes()) {
      const queue = this.#queue(laneName(lane));
      const jobs = (await queue.getJobs(['active', 'prioritized', 'waiting', 'delayed'])) as (Job | undefined)[];
      for (const job of jobs) {
        if (job === undefined || textOf(job, 'group') !== group) continue;
        // one that was taken in between is locked: its worker ends it
        if (
          await job.remove().then(
            () => true,
            () => false,
          )
        )
          removed += 1;
        else running += 1;
      }
    }
    if (removed + running === 0) await this.client.srem(CANCELLED_KEY, group);
    return { removed, running };
  }

  async isCancelled(group: string): Promise<boolean> {
    return (await this.client.sismember(CANCELLED_KEY, group)) === 1;
  }

  /** Removes lanes in which nothing waits or runs, with what is known of jobs that are over. @returns how many */
  async clean(): Promise<number> {
    let removed = 0;
    for (const lane of await this.lanes()) {
      const counts = await this.counts(lane);
      const open = ['active', 'prioritized', 'waiting', 'delayed', 'paused'].some((state) => (counts[state] ?? 0) > 0);
      if (open || (await this.workers(lane)).length > 0) continue;
      // not listed any more, so that no worker opens it; a command that adds to it now lists it again
      await this.client.hdel(LANES_KEY, laneName(lane));
      try {
        await this.#queue(laneName(lane)).obliterate();
        removed += 1;
      } catch {
        await this.#queue(laneName(lane)).resume(); // a job was taken in between
        await this.client.hset(LANES_KEY, laneName(lane), JSON.stringify(lane));
      }
    }
    return removed;
  }

  /** In Prometheus' text format, as BullMQ writes it. */
  async metrics(): Promise<string> {
    const texts = await Promise.all(
      (await this.lanes()).map((lane) => this.#queue(laneName(lane)).exportPrometheusMetrics()),
    );
    return inFamilies(texts.flatMap((text) => text.split('\n')));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // without a server, or with one that does not answer, a queue would wait for it to say goodbye
    if (this.client.status === 'ready') {
      const closed = Promise.all([...this.#queues.values()].map((queue) => queue.close()));
      await Promise.race([closed.catch(() => undefined), sleep(GOODBYE_WITHIN_MS, undefined, { ref: false })]);
    }
    this.client.disconnect();
  }

  #queue(name: string): Queue {
    const known = this.#queues.get(name);
    if (known !== undefined) return known;
    const queue = new Queue(name, { connection: this.client, prefix: PREFIX });
    queue.on('error', () => undefined); // the connection's own listener says it, once
    this.#queues.set(name, queue);
    return queue;
  }
}

/** The lines of several queues with those of one metric together, as the format demands: what is of it, then its values. */
function inFamilies(lines: readonly string[]): string {
  const families = new Map<string, Set<string>>();
  for (const line of lines) {
    const name = /^(?:# (?:HELP|TYPE) )?(\w+)/.exec(line)?.[1];
    if (name === undefined) continue;
    families.set(name, (families.get(name) ?? new Set()).add(line));
  }
  return [...families.values()].map((family) => `${[...family].join('\n')}\n`).join('');
}

/** Of a payload that is not looked at further; empty where it has none. */
export function textOf({ data }: Job, name: 'group' | 'kind'): string {
  const value = (data as Record<string, unknown> | null)?.[name];
  return typeof value === 'string' ? value : '';
}

/** A job that succeeds after a failure keeps the reason, and one that is handed back its start: its state is asked for. */
async function lookAtJob(job: Job): Promise<SeenJob> {
  if (job.finishedOn === undefined && job.processedOn === undefined) return seenJob(job, 'waiting');
  if (job.finishedOn !== undefined && !job.failedReason) return seenJob(job, 'done');
  const state = await job.getState();
  if (job.finishedOn === undefined) {
    // where it has ended since it was read, the next look has its result
    return seenJob(job, ['active', 'completed', 'failed'].includes(state) ? 'active' : 'waiting');
  }
  return seenJob(job, state === 'completed' ? 'done' : state === 'failed' ? 'failed' : 'waiting');
}

function seenJob(job: Job, state: JobState): SeenJob {
  const { id, name, failedReason, progress, processedBy } = job;
  return {
    id: id!,
    state,
    group: textOf(job, 'group'),
    kind: textOf(job, 'kind'),
    label: name,
    result: job.returnvalue as unknown,
    failure: failedReason && state !== 'done' ? failureOf(failedReason) : null,
    progress: progressSchema.safeParse(progress).data ?? null,
    worker: processedBy ?? null,
    begun: job.attemptsStarted,
    stalled: job.stalledCounter,
  };
}

const sentSchema = z.object({
  message: z.string(),
  expected: z.object({ kind: z.string(), code: z.string(), message: z.string(), next: z.string() }).nullable(),
});

/** Workers write failures as JSON; BullMQ's own are text. */
function failureOf(reason: string): SentError {
  const parsed = sentSchema.safeParse(jsonValue(reason));
  return parsed.success ? (parsed.data as SentError) : { message: reason, expected: null };
}

/** A failure as its worker met it. What is of that machine is said to be there: here nothing is wrong. */
export function errorOf({ failure, worker }: SeenJob): Error {
  const { message, expected } = failure ?? { message: 'it failed', expected: null };
  if (expected?.kind !== 'environment') return receivedError({ message, expected });
  const where = worker ?? 'a worker';
  return receivedError({
    message,
    expected: { ...expected, message: `At ${where}: ${expected.message}`, next: `On that machine: ${expected.next}` },
  });
}

function* inParts<T>(values: readonly T[]): Generator<readonly T[]> {
  for (let first = 0; first < values.length; first += AT_A_TIME) yield values.slice(first, first + AT_A_TIME);
}
