/** What a queue holds, for people and for programs. */
import { durationText } from '../terminal/progress.js';
import { textTable } from '../terminal/table.js';
import { trainedSchema } from './payloads.js';
import { laneName, type JobQueue, type Lane, type SeenJob } from './queue.js';

/** Of one lane. */
const MOST_JOBS = 1000;

type ShownJob = Omit<SeenJob, 'result'>;

/** What `queue status --json` prints. */
export interface QueueStatus {
  readonly lanes: readonly LaneStatus[];
}

export interface LaneStatus extends Lane {
  readonly name: string;
  readonly isPaused: boolean;
  readonly workers: readonly string[];
  readonly counts: {
    readonly waiting: number;
    readonly active: number;
    readonly done: number;
    readonly failed: number;
  };
  /** The first 1,000 that wait, run or failed. */
  readonly jobs: readonly ShownJob[];
  /** Trials that are done, of sweeps that are not: the best first. */
  readonly ranking: readonly RankedTrial[];
}

export interface RankedTrial {
  /** Of its sweep, from 1. */
  readonly rank: number;
  readonly group: string;
  readonly label: string;
  /** On validation fights. */
  readonly composite: number;
}

/** Of the lanes that hold something to do, or failures, or have a worker. */
export async function statusOf(queue: JobQueue): Promise<QueueStatus> {
  const lanes: LaneStatus[] = [];
  for (const lane of await queue.lanes()) {
    const status = await laneStatus(queue, lane);
    const { waiting, active, failed } = status.counts;
    if (waiting + active + failed + status.workers.length > 0) lanes.push(status);
  }
  return { lanes };
}

async function laneStatus(queue: JobQueue, lane: Lane): Promise<LaneStatus> {
  const counts = await queue.counts(lane);
  const of = (...states: string[]): number => states.reduce((sum, state) => sum + (counts[state] ?? 0), 0);
  const jobs = await queue.openJobs(lane, MOST_JOBS);
  return {
    ...lane,
    name: laneName(lane),
    isPaused: await queue.isPaused(lane),
    workers: await queue.workers(lane),
    counts: {
      waiting: of('waiting', 'prioritized', 'delayed', 'paused'),
      active: of('active'),
      done: of('completed'),
      failed: of('failed'),
    },
    jobs: jobs.map(withoutResult),
    // what is done is read where something of it is not: each result names all its files
    ranking:
      jobs.length === 0
        ? []
        : rankingOf(await queue.doneJobs(lane, MOST_JOBS), new Set(jobs.map(({ group }) => group))),
  };
}

/** @param groups those that are looked at */
function rankingOf(done: readonly SeenJob[], groups: ReadonlySet<string>): RankedTrial[] {
  const trials = done.flatMap(({ group, label, result }) => {
    const composite = trainedSchema.safeParse(result).data?.composite ?? null;
    return composite === null || !groups.has(group) ? [] : [{ group, label, composite }];
  });
  return [...groups].flatMap((group) =>
    trials
      .filter((trial) => trial.group === group)
      .sort((one, other) => other.composite - one.composite)
      .map((trial, index) => ({ rank: index + 1, ...trial })),
  );
}

function withoutResult(job: SeenJob): ShownJob {
  const shown: Partial<SeenJob> = { ...job };
  delete (shown as { result?: unknown }).result;
  return shown as ShownJob;
}

export function statusText({ lanes }: QueueStatus): string {
  if (lanes.length === 0) return 'Nothing waits, runs or failed on this queue, and no worker listens.';
  return lanes.map(laneText).join('\n\n');
}

function laneText({ program, needs, store, isPaused, workers, counts, jobs, ranking }: LaneStatus): string {
  const { waiting, active, done, failed } = counts;
  return [
    `understudy ${program}${needs.length === 0 ? '' : `, needs ${needs.join(', ')}`}, store ${store.slice(0, 8)}${isPaused ? ', PAUSED' : ''}`,
    `${waiting} wait, ${active} run, ${done} done, ${failed} failed; ${workersText(workers)}`,
    ...(jobs.length === 0 ? [] : [jobsTable(jobs)]),
    ...(ranking.length === 0 ? [] : ['', rankingTable(ranking)]),
  ].join('\n');
}

function workersText(workers: readonly string[]): string {
  return workers.length === 0 ? 'no worker listens' : `workers: ${workers.join(', ')}`;
}

function rankingTable(ranking: readonly RankedTrial[]): string {
  const rows = ranking.map(({ rank, label, group, composite }) => [label, group, String(rank), composite.toFixed(3)]);
  return textTable(['done', 'of', 'rank', 'composite on validation'], rows);
}

/** Job, state, epoch, loss, machine, time left, and how often it was begun. */
function jobsTable(jobs: readonly ShownJob[]): string {
  const rows = jobs.map((job) => [
    job.label,
    job.group,
    job.failure === null
      ? job.state
      : `${job.state === 'failed' ? 'failed' : `${job.state}, failed before`}: ${reasonOf(job)}`,
    stepText(job),
    job.state === 'active' ? (job.progress?.loss?.toPrecision(4) ?? '') : '',
    job.state === 'active' || job.state === 'failed' ? (job.worker ?? '') : '',
    leftText(job),
    job.begun > 1 ? `begun ${job.begun} times` : '',
  ]);
  return textTable(['job', 'of', 'state', 'at', 'loss', 'worker', 'left', ''], rows);
}

function leftText({ state, progress }: ShownJob): string {
  const seconds = progress?.secondsLeft ?? null;
  return state === 'active' && seconds !== null ? durationText(seconds) : '';
}

const reasonOf = ({ failure }: ShownJob): string =>
  (failure?.expected?.message ?? failure?.message ?? '').split('\n', 1)[0].slice(0, 60);

function stepText({ state, progress }: ShownJob): string {
  if (state !== 'active' || progress === null) return '';
  const { step, epoch, epochs, part } = progress;
  return epoch === undefined ? `${step} ${(100 * part).toFixed(0)} %` : `${step}, epoch ${epoch} of ${epochs}`;
}

/** `3 of 8 done, 2 run (512-gru on box-a: head, epoch 4 of 20; 256-gru on box-b: ...), 3 wait`. */
export function jobsLine(jobs: readonly (readonly [name: string, job: ShownJob])[]): string {
  const of = (wanted: SeenJob['state']) => jobs.filter(([, { state }]) => state === wanted);
  const running = of('active').map(([name, job]) => `${name} on ${job.worker ?? '?'}${at(stepText(job))}`);
  const parts = [
    `${of('done').length} of ${jobs.length} done`,
    `${running.length} run${running.length === 0 ? '' : ` (${running.join('; ')})`}`,
    `${of('waiting').length} wait`,
  ];
  const failed = of('failed').length;
  return failed === 0 ? parts.join(', ') : [...parts, `${failed} failed`].join(', ');
}

const at = (step: string): string => (step === '' ? '' : `: ${step}`);
