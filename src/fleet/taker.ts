/**
 * Takes jobs from every lane that this worker can serve, and holds BullMQ's lock on each while it runs. What is taken must not
 * block this thread: a lock that is not renewed lets another worker begin the same job.
 */
import { MetricsTime, UnrecoverableError, WaitingError, Worker, type Job } from 'bullmq';
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf, UnderstudyError } from '../core/errors.js';
import { jsonValue } from '../core/json-lines.js';
import { sentError } from '../core/sent-error.js';
import type { JobProgress } from './payloads.js';
import { laneName, PREFIX, textOf, type JobQueue, type Lane } from './queue.js';
import { canServe, needsByKind } from './tags.js';

/** A worker that is gone is noticed after the lock and two checks at most: within 45 s. */
const LOCK_MS = 20_000;
const STALLED_CHECK_MS = 10_000;
/** Machines may be lost often while a sweep of days runs; a job that ends every worker must end too. */
const MOST_STALLED = 20;
const LOOK_FOR_LANES_EVERY_MS = 3000;
const LOOK_FOR_CANCEL_EVERY_MS = 2000;
const LOOK_FOR_END_EVERY_MS = 100;
/** After a failure of this machine (a full disk, a store that is away): another one should take the next job. */
const REST_MS = 10_000;
const REPORT_EVERY_MS = 1000;
/** A server that does not answer is left without a goodbye; its locks end by themselves. */
const GOODBYE_WITHIN_MS = 8000;

export interface TakenJob {
  readonly id: string;
  readonly lane: Lane;
  /** 1 for the first worker that has it; grows with each. Later ones win. */
  readonly attempt: number;
  /** As it came: to be checked. */
  readonly payload: unknown;
}

export interface TakerOptions {
  readonly queue: JobQueue;
  /** Name of this worker; no colon. */
  readonly name: string;
  readonly program: string;
  /** Of the store, as it is now. */
  readonly storeId: () => Promise<string>;
  readonly tags: readonly string[];
  /** Jobs at a time, >= 1. */
  readonly slots: number;
  /** Ends soon after the signal (cancelled, lost to another worker, or leaving); what it returns then is not used. */
  readonly run: (job: TakenJob, report: (progress: JobProgress) => void, signal: AbortSignal) => Promise<unknown>;
  readonly say: (text: string) => void;
  /** Of the lock on a job, between two looks for dead workers, and of a rest, ms. For tests. */
  readonly lockMs?: number;
  readonly checkMs?: number;
  readonly restMs?: number;
}

interface RunningJob {
  readonly id: string;
  readonly group: string;
  readonly control: AbortController;
  readonly ended: Promise<void>;
}

export class Taker {
  readonly #options: TakerOptions;
  readonly #workers = new Map<string, { readonly lane: Lane; readonly worker: Worker; readonly watcher: Worker }>();
  /** A job that was lost may be here twice for a moment: as it ends, and as it begins again. */
  readonly #running = new Set<RunningJob>();
  /** When a job ended last, of a monotonic clock. */
  #busyMs = 0;
  #isLeaving = false;
  #restsUntilMs = Number.NEGATIVE_INFINITY;
  /** A look waits as long as the server is away. */
  #isLooking = false;
  #store = '';
  /** What the server said when it refused last; said once. */
  #refused = '';
  /** Lanes of others, said once. */
  readonly #said = new Set<string>();

  constructor(options: TakerOptions) {
    this.#options = options;
  }

  /**
   * Takes jobs until the signal.
   *
   * @param finishes then ends what runs first; else hands it back to the queue
   * @param idleMs also ends after this long without a job
   */
  async take(signal: AbortSignal, finishes: boolean, idleMs = Number.POSITIVE_INFINITY): Promise<void> {
    const cancelling = setInterval(() => void this.#endCancelled(), LOOK_FOR_CANCEL_EVERY_MS);
    try {
      this.#busyMs = performance.now();
      while (!signal.aborted && (this.#running.size > 0 || performance.now() - this.#busyMs < idleMs)) {
        if (!this.#isLooking) void this.#tryToOpenLanes();
        this.#resumeAll();
        await sleep(LOOK_FOR_LANES_EVERY_MS, undefined, { signal }).catch(() => undefined);
      }
      this.#isLeaving = true;
      if (!finishes) for (const { control } of this.#running) control.abort('leaving');
      await this.#close(finishes);
    } finally {
      clearInterval(cancelling);
    }
  }

  /**
   * A worker that is closed waits for its jobs, and takes no other. Without a server it has nothing to tell: its connections are
   * cut, which would keep this process as long as they look for the server.
   */
  async #close(finishes: boolean): Promise<void> {
    const isCutOff = !finishes && this.#options.queue.client.status !== 'ready';
    const all = [...this.#workers.values()].flatMap(({ worker, watcher }) => [worker, watcher]);
    const closing = Promise.all(all.map((worker) => worker.close(isCutOff)));
    const isOver = closing.then(() => true);
    const untilMs = performance.now() + GOODBYE_WITHIN_MS;
    while (!(await Promise.race([isOver, sleep(LOOK_FOR_CANCEL_EVERY_MS, false)]))) {
      if (this.#running.size > 0) continue;
      if (this.#options.queue.client.status !== 'ready' || performance.now() > untilMs) {
        for (const worker of all) void worker.disconnect().catch(() => undefined);
        return;
      }
    }
    while (this.#running.size > 0) await sleep(LOOK_FOR_END_EVERY_MS); // closed by force, a worker waits for none
  }

  /** A server that refuses for a while must not end a worker. */
  async #tryToOpenLanes(): Promise<void> {
    this.#isLooking = true;
    try {
      await this.#openLanes();
      this.#refused = '';
    } catch (error) {
      const isNew = messageOf(error) !== this.#refused && !this.#isLeaving;
      if (isNew) this.#options.say(`the queue cannot be looked at: ${messageOf(error)}`);
      this.#refused = messageOf(error);
    } finally {
      this.#isLooking = false;
    }
  }

  async #openLanes(): Promise<void> {
    const { program, tags, queue, storeId } = this.#options;
    if (this.#running.size >= this.#options.slots) return; // a lane that is opened takes a job at once
    for (const lane of await queue.lanes()) {
      const name = laneName(lane);
      if (this.#isLeaving) return;
      if (this.#workers.has(name)) continue;
      // a store that was removed and made again is another one
      if (lane.program === program && lane.store !== this.#store) this.#store = await storeId();
      const store = this.#store;
      const lacks = whyNot(lane, { program, store, tags });
      if (lacks === null) this.#workers.set(name, { lane, worker: this.#open(lane), watcher: this.#watch(lane) });
      else if (!this.#said.has(name)) await this.#sayWhyNot(lane, lacks);
    }
  }

  async #sayWhyNot(lane: Lane, lacks: string): Promise<void> {
    const counts = await this.#options.queue.counts(lane);
    const open = ['waiting', 'prioritized', 'delayed'].reduce((sum, state) => sum + (counts[state] ?? 0), 0);
    if (open === 0) return;
    this.#said.add(laneName(lane));
    this.#options.say(`${open} jobs are not taken: ${lacks}`);
  }

  /** Looks for dead workers of a lane also while this one is full, when BullMQ's own worker does not. */
  #watch(lane: Lane): Worker {
    const { queue, lockMs = LOCK_MS, checkMs = STALLED_CHECK_MS } = this.#options;
    const watcher = new Worker(laneName(lane), (): Promise<unknown> => Promise.reject(new Error('it takes no job')), {
      ...{ connection: queue.client, prefix: PREFIX, autorun: false, lockDuration: lockMs },
      ...{ stalledInterval: checkMs, maxStalledCount: MOST_STALLED },
    });
    watcher.on('error', () => undefined);
    void watcher.startStalledCheckTimer();
    return watcher;
  }

  #open(lane: Lane): Worker {
    const { queue, name, slots, lockMs = LOCK_MS } = this.#options;
    const take = (job: Job, token?: string): Promise<unknown> => this.#run(lane, job, token!);
    const worker = new Worker(laneName(lane), take, {
      connection: queue.client,
      prefix: PREFIX,
      name,
      concurrency: slots,
      lockDuration: lockMs,
      skipStalledCheck: true, // the watcher's
      metrics: { maxDataPoints: MetricsTime.TWO_WEEKS }, // without it BullMQ counts nothing
    });
    worker.on('error', () => undefined); // a connection that is lost is said once, by its own listener
    worker.on('lockRenewalFailed', (ids) => {
      for (const { id, control } of this.#running) if (ids.includes(id)) control.abort('lost');
    });
    return worker;
  }

  async #run(lane: Lane, job: Job, token: string): Promise<unknown> {
    const { slots, queue, say } = this.#options;
    const id = job.id!;
    if (this.#running.size >= slots) {
      void this.#workers.get(laneName(lane))?.worker.pause(true); // it would take it again at once
      return await handBack(job, token);
    }
    const earlier = [...this.#running].find((running) => running.id === id);
    if (earlier !== undefined || this.#isLeaving) {
      // BullMQ renews locks by the job's id alone: the second of two at a time would lose its own
      await earlier?.ended;
      return await handBack(job, token);
    }
    const control = new AbortController();
    const work = this.#work(lane, job, control);
    const ended = work.then(
      () => undefined,
      () => undefined,
    );
    const running: RunningJob = { id, group: textOf(job, 'group'), control, ended };
    this.#running.add(running);
    this.#pauseWhenFull();
    try {
      const result = await work;
      if (!control.signal.aborted) return result;
    } finally {
      this.#running.delete(running);
      this.#busyMs = performance.now();
      this.#resumeAll();
    }
    say(`${id}: ended, ${String(control.signal.reason)}`);
    // the same command may have asked for it again by now
    if (control.signal.reason === 'cancelled' && (await queue.isCancelled(running.group))) {
      throw new UnrecoverableError('cancelled');
    }
    return await handBack(job, token);
  }

  /** @returns undefined where it was ended before it was done @throws its failure, as BullMQ keeps it */
  async #work(lane: Lane, job: Job, control: AbortController): Promise<unknown> {
    const { name, run, say, restMs = REST_MS } = this.#options;
    const id = job.id!;
    const lastReason = job.failedReason as string | undefined;
    try {
      const taken: TakenJob = { id, lane, attempt: job.attemptsStarted, payload: job.data };
      return await run(taken, reportTo(job), control.signal);
    } catch (error) {
      say(`${id}: ${control.signal.aborted ? '' : 'failed: '}${messageOf(error)}`);
      if (control.signal.aborted) return undefined;
      if (isOfMachine(error)) this.#rest(restMs);
      throw failure(error, name, lastReason);
    }
  }

  #rest(ms: number): void {
    this.#restsUntilMs = performance.now() + ms;
    for (const { worker } of this.#workers.values()) void worker.pause(true);
  }

  /** Of several lanes, none takes a job that there is no slot for. */
  #pauseWhenFull(): void {
    if (this.#running.size < this.#options.slots && performance.now() >= this.#restsUntilMs) return;
    for (const { worker } of this.#workers.values()) void worker.pause(true);
  }

  #resumeAll(): void {
    if (this.#running.size >= this.#options.slots || performance.now() < this.#restsUntilMs) return;
    for (const { worker } of this.#workers.values()) if (worker.isPaused()) void worker.resume();
  }

  async #endCancelled(): Promise<void> {
    const { queue } = this.#options;
    if (queue.client.status !== 'ready') return;
    for (const { group, control } of this.#running) {
      if (await queue.isCancelled(group).catch(() => false)) control.abort('cancelled');
    }
  }
}

/** Back to where others take it, without counting as a failure. One that another worker has by now stays with it. */
async function handBack(job: Job, token: string): Promise<never> {
  await job.moveToWait(token).catch(() => undefined);
  throw new WaitingError();
}

/** A failure that another machine may not have. */
const isOfMachine = (error: unknown): boolean => error instanceof UnderstudyError && error.kind === 'environment';

/** What fails twice in the same way will fail a third time; where the machine may be the cause, on two of them. */
function failure(error: unknown, worker: string, lastReason: string | undefined): Error {
  const sent = sentError(error);
  const reason = JSON.stringify({ ...sent, message: sent.expected?.message ?? sent.message, worker });
  const last = jsonValue(lastReason ?? '') as { message?: unknown; worker?: unknown } | null | undefined;
  const isSame = last?.message === (sent.expected?.message ?? sent.message);
  return isSame && (!isOfMachine(error) || last?.worker !== worker)
    ? new UnrecoverableError(reason)
    : new Error(reason);
}

/** Why this worker does not take a lane's jobs; null where it does. */
export function whyNot(
  lane: Lane,
  { program, store, tags }: { readonly program: string; readonly store: string; readonly tags: readonly string[] },
): string | null {
  if (lane.program !== program) return `they are for understudy ${lane.program}, and this is ${program}.`;
  if (lane.store !== store) return `their files are in another store (${lane.store}); this worker's is ${store}.`;
  const missing = lane.needs.filter((need) => !canServe(need, tags));
  if (missing.length === 0) return null;
  return needsByKind(missing).engine
    ? 'they train, and the training engine is not set up here: `understudy setup training`.'
    : `they need ${missing.join(', ')}; give it with --tags where it is true.`;
}

/** At most once a second; a report that does not arrive changes nothing. */
function reportTo(job: Job): (progress: JobProgress) => void {
  let lastMs = Number.NEGATIVE_INFINITY;
  return (progress) => {
    const nowMs = performance.now();
    if (nowMs - lastMs < REPORT_EVERY_MS) return;
    lastMs = nowMs;
    void job.updateProgress(progress).catch(() => undefined);
  };
}
