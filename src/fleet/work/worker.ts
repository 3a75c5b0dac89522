/**
 * Does jobs of a queue: brings their files to this machine, runs each in a process of its own, and puts what came of it into the
 * store. Each attempt at a job has a place of its own there, so that a worker that comes back from a freeze or a cut-off line
 * cannot write over its successor; whose result counts is decided by the queue's lock alone.
 */
import { join } from 'node:path';
import { UnderstudyError } from '../../core/errors.js';
import { trialFolder } from '../../training/trial.js';
import { Artefacts, isWorthSending } from '../artefacts.js';
import {
  payloadSchema,
  type FightsJob,
  type JobProgress,
  type Payload,
  type TrainedJob,
  type TrainingJob,
} from '../payloads.js';
import type { JobQueue } from '../queue.js';
import type { Store } from '../store.js';
import type { TakenJob } from '../taker.js';
import { Checkpoints } from './checkpoints.js';
import { runInChild } from './job-child.js';
import type { PlacedJob, TrainedFiles } from './placed-job.js';

export interface WorkerParts {
  readonly queue: JobQueue;
  readonly store: Store;
  /** Local folder: what was fetched, and trainings that continue. */
  readonly work: string;
  readonly say: (text: string) => void;
}

type Report = (progress: JobProgress) => void;

/** @throws UnderstudyError `job-invalid` for a payload that is not one; as what the job does */
export async function doJob(
  parts: WorkerParts,
  taken: TakenJob,
  report: Report,
  signal: AbortSignal,
): Promise<unknown> {
  const job = checked(taken);
  parts.say(`${taken.id}: taken (attempt ${taken.attempt})`);
  if (job.kind === 'probe') return await probe(job, signal);
  const result =
    job.kind === 'fights'
      ? await playFights(parts, job, report, signal)
      : await train(parts, taken, job, report, signal);
  if (!signal.aborted) parts.say(`${taken.id}: done`);
  return result;
}

function checked({ payload }: TakenJob): Payload {
  const parsed = payloadSchema.safeParse(payload);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new UnderstudyError({
    kind: 'input',
    code: 'job-invalid',
    message: `The job is not one that this program makes: ${issue.path.join('.')}: ${issue.message}.`,
    next: 'Look who else writes to this queue: commands of this program put no such job there.',
  });
}

async function probe(
  { number, seconds, fails }: Extract<Payload, { kind: 'probe' }>,
  signal: AbortSignal,
): Promise<number> {
  if (fails !== undefined) throw new Error(fails);
  if (seconds > 0) {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, seconds * 1000);
      signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true });
    });
  }
  return number;
}

async function playFights(
  { store, work }: WorkerParts,
  job: FightsJob,
  report: Report,
  signal: AbortSignal,
): Promise<unknown> {
  const bundle = join(work, 'bundles', Artefacts.digest(job.bundle));
  await new Artefacts(store, work).place(job.bundle, bundle);
  const placed: PlacedJob = { kind: 'fights', job, bundle };
  return await runInChild(placed, report, signal);
}

async function train(
  { store, work, queue, say }: WorkerParts,
  { id, attempt, lane }: TakenJob,
  job: TrainingJob,
  report: Report,
  signal: AbortSignal,
): Promise<unknown> {
  const artefacts = new Artefacts(store, work);
  const at = [lane.program, job.group, ...(job.kind === 'winner' ? [id] : [])];
  const folder = join(work, 'sweeps', ...at); // another version of the program begins again
  const sessions = await placeSessions(artefacts, work, job);
  if (job.kind !== 'encoder') await artefacts.place(job.encoder, folder);
  if (job.kind === 'winner') await artefacts.place(job.trained, folder);
  const checkpoints = new Checkpoints(store, say, {
    id: `${lane.program}/${id}`,
    attempt,
    folder,
    within: placeOf(job),
  });
  await checkpoints.bring();
  let epoch = '';
  const onProgress = (progress: JobProgress): void => {
    const now = `${progress.step} ${progress.epoch}`;
    if (now !== epoch) checkpoints.keep();
    epoch = now;
    report(progress);
  };
  const placed: PlacedJob = { kind: 'training', job, folder, sessions };
  const trained = (await runInChild(placed, onProgress, signal)) as TrainedFiles | undefined;
  if (trained === undefined) {
    await checkpoints.kept(); // another worker continues from here
    return undefined;
  }
  const files = await artefacts.publishFolder(folder, trained.folder, isWorthSending);
  // before the job is marked as done: a worker that dies in between does it again, and adds the same ids
  if (job.kind === 'encoder') {
    const jobs = job.then.map(({ id, job: trial }) => ({ id, job: { ...trial, encoder: files } }));
    if (!(await queue.isCancelled(job.group))) await queue.add(lane, jobs);
  }
  await checkpoints.remove();
  return { files, test: trained.test, composite: trained.composite } satisfies TrainedJob;
}

/** Where a job's checkpoints are in the sweep's folder: the beginning of their paths. */
function placeOf({ kind, trial }: TrainingJob): string {
  if (kind !== 'encoder') return `${trialFolder(trial).replaceAll('\\', '/')}/`;
  const { kind: of, latentSize } = trial.autoencoder;
  return `encoders/${of === 'baseline' ? of : latentSize}-`;
}

async function placeSessions(artefacts: Artefacts, work: string, { sessions }: TrainingJob): Promise<string[]> {
  const root = join(work, 'sessions', Artefacts.digest(sessions.flatMap(({ files }) => files)));
  const paths: string[] = [];
  for (const [index, { name, files }] of sessions.entries()) {
    const folder = join(root, String(index));
    await artefacts.place(files, folder, 'link');
    paths.push(join(folder, name));
  }
  return paths;
}
