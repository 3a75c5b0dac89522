/** Waits for jobs of a queue: looks at them again and again, so that neither a restart of the server nor a lost message is missed. */
import { setTimeout as sleep } from 'node:timers/promises';
import { UnderstudyError } from '../../core/errors.js';
import { orAborted } from '../../core/unless-aborted.js';
import type { Fleet } from '../fleet.js';
import type { NamedJob, SeenJob } from '../queue.js';
import { orQueueFailed } from '../server.js';
import { needsByKind } from '../tags.js';

/** Each look costs a command a job. */
const EVERY_MS = 400;
const MS_A_JOB = 2;
/** No worker listens: said once, after this long. */
const LONELY_AFTER_MS = 10_000;

export interface WaitOptions {
  /** Of the jobs. */
  readonly group: string;
  readonly signal: AbortSignal;
  /**
   * Gets what is not over yet and what has just ended; null for a job that is not on the queue (any more).
   *
   * @returns the ids to wait for from now on; none ends it
   */
  readonly onLook: (seen: ReadonlyMap<string, SeenJob | null>) => Promise<readonly string[]> | readonly string[];
}

/** @returns false where the signal came first @throws what onLook throws */
export async function waitFor(
  fleet: Fleet,
  ids: readonly string[],
  { group, signal, onLook }: WaitOptions,
): Promise<boolean> {
  let left = ids;
  const beganMs = performance.now();
  let isLonelySaid = false;
  while (left.length > 0) {
    if (signal.aborted) {
      fleet.say(staysText(group));
      return false;
    }
    // a server that is gone answers once it is back, and Ctrl-C must not wait for that
    const still = await orAborted(orQueueFailed(lookOnce(fleet, group, left, onLook)), signal);
    if (still === null) continue;
    left = still;
    if (left.length === 0) return true;
    if (!isLonelySaid && performance.now() - beganMs > LONELY_AFTER_MS) {
      isLonelySaid = true;
      const why = await orAborted(whyNothingMoves(fleet), signal);
      if (why !== null) fleet.say(why);
    }
    await sleep(Math.max(EVERY_MS, MS_A_JOB * left.length), undefined, { signal }).catch(() => undefined);
  }
  return true;
}

async function lookOnce(
  { queue, lane }: Fleet,
  group: string,
  ids: readonly string[],
  onLook: WaitOptions['onLook'],
): Promise<readonly string[]> {
  const seen = await queue.look(lane, ids);
  if (await queue.isCancelled(group)) throw cancelled(group);
  return await onLook(new Map(ids.map((id, index) => [id, seen[index]])));
}

function cancelled(group: string): UnderstudyError {
  return new UnderstudyError({
    kind: 'environment',
    code: 'job-failed',
    message: `The jobs of ${group} were cancelled.`,
    next: 'Run the same command again to ask for them again; what is done is not done again.',
  });
}

/** Said by a command that is stopped. */
export const staysText = (group: string): string =>
  `what was asked for stays on the queue: the same command waits for it again, \`understudy queue cancel ${group}\` ends it`;

async function whyNothingMoves(fleet: Fleet): Promise<string | null> {
  const { queue, lane } = fleet;
  if (await queue.isPaused(lane)) return 'the queue is paused: `understudy queue resume`';
  return (await queue.workers(lane)).length === 0 ? lonely(fleet) : null;
}

function lonely({ lane: { program, needs } }: Fleet): string {
  const { engine, told } = needsByKind(needs);
  const tags = told.length === 0 ? '' : ` with --tags ${told.join(',')}`;
  const where = engine ? ', and where `understudy setup training` was run' : '';
  return `no worker listens yet: start \`understudy worker\`${tags} on any machine that has understudy ${program}${where}`;
}

const isEnded = (job: SeenJob | null): boolean => job?.state === 'done' || job?.state === 'failed';

/**
 * Asks for the jobs and waits until all are over.
 *
 * @param isWhole whether what a job made can be used; where it cannot, the job is done once more
 * @returns them in their order; null where the signal came
 */
export async function results(
  fleet: Fleet,
  jobs: readonly NamedJob[],
  signal: AbortSignal,
  onSeen: (seen: readonly SeenJob[]) => void,
  isWhole: (job: SeenJob) => boolean | Promise<boolean> = () => true,
): Promise<SeenJob[] | null> {
  const { group } = jobs[0].job;
  if (!(await ask(fleet, jobs, signal))) {
    fleet.say(staysText(group));
    return null;
  }
  fleet.say(`${jobs.length} ${jobs[0].job.kind} ${jobs.length === 1 ? 'job' : 'jobs'} asked for (${group})`);
  const all = new Map<string, SeenJob>();
  const again = new Set<string>();
  const isOver = await waitFor(
    fleet,
    jobs.map(({ id }) => id),
    {
      group,
      signal,
      onLook: async (seen) => {
        const lost = [...seen].flatMap(([id, job]) => (job === null ? [id] : []));
        for (const [id, job] of seen) {
          if (job?.state !== 'done' || again.has(id) || (await isWhole(job))) continue;
          fleet.say(`${job.label}: what it made is not there any more, and is made again`);
          await fleet.queue.forget(fleet.lane, [id]);
          again.add(id);
          lost.push(id);
        }
        if (lost.length > 0)
          await fleet.queue.add(
            fleet.lane,
            jobs.filter(({ id }) => lost.includes(id)),
          );
        for (const [id, job] of seen) if (job !== null) all.set(id, job);
        onSeen([...all.values()]);
        return [...seen].flatMap(([id, job]) => (isEnded(job) && !lost.includes(id) ? [] : [id]));
      },
    },
  );
  return isOver ? jobs.map(({ id }) => all.get(id)!) : null;
}

/**
 * Adds what is not there, and tries again what failed for good before.
 *
 * @param later ids of jobs that are added later: where they failed they are forgotten, since what they were made with may be another by then
 * @returns false where the signal came first
 */
export async function ask(
  { queue, lane }: Fleet,
  jobs: readonly NamedJob[],
  signal: AbortSignal,
  later: readonly string[] = [],
): Promise<boolean> {
  const asking = async (): Promise<true> => {
    await queue.uncancel([...new Set(jobs.map(({ job }) => job.group))]);
    await queue.add(lane, jobs);
    await queue.retryFailed(
      lane,
      jobs.map(({ id }) => id),
    );
    await queue.forgetFailed(lane, later);
    return true;
  };
  return (await orAborted(orQueueFailed(asking()), signal)) ?? false;
}
