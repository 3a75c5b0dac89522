/**
 * Trials of a sweep done by workers: each encoder first, then the heads on it, then the best one on the test fights. A worker that has
 * trained an encoder adds its heads itself, so that they are trained also while the command that asked is not running.
 */
import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { UnderstudyError } from '../../core/errors.js';
import { hashOf } from '../../core/plain-json.js';
import { readBundle } from '../../policy/bundle.js';
import { allFiles, resolveSession } from '../../session/session-files.js';
import type { EngineName } from '../../training/engine.js';
import type { TrialEvents, TrialRunner } from '../../training/sweep.js';
import { byEncoder, finishedTrial, trialId, type Trial } from '../../training/trial.js';
import { isWorthSending } from '../artefacts.js';
import type { Fleet } from '../fleet.js';
import {
  trainedSchema,
  type EncoderJob,
  type FileRef,
  type TrainedJob,
  type TrialJob,
  type WinnerJob,
} from '../payloads.js';
import { errorOf, jobId, type NamedJob, type SeenJob } from '../queue.js';
import { ask, results, staysText, waitFor } from './wait.js';

export interface TrialsAsked {
  /** As named by the user. */
  readonly sessions: readonly string[];
  readonly folder: string;
  readonly engine: EngineName;
  readonly deterministic: boolean;
  readonly signal: AbortSignal;
  /** Jobs as they stand, with what people call them. */
  readonly onSeen: (jobs: readonly (readonly [name: string, job: SeenJob])[]) => void;
}

/** One trial and the job that trains its encoder. */
interface Asked {
  readonly trial: Trial;
  readonly id: string;
  readonly encoderId: string;
  readonly job: TrialJob;
}

export function trialsByQueue(fleet: Fleet, asked: TrialsAsked): TrialRunner {
  let common: Common | null = null;
  return {
    runAll: async (trials, events) => {
      common = await commonOf(fleet, asked, trials);
      const open = trials.filter((trial) => {
        const done = finishedTrial(trial, asked.folder);
        if (done !== null) events.onResult(trial, done);
        return done === null;
      });
      if (open.length > 0) await new Trials(fleet, asked, events).run(asJobs(common, trials, open));
    },
    scoreWinner: async (trial, out) => {
      const of = await winnerJob(fleet, asked, common!, trial);
      const id = jobId(of);
      const show = (seen: readonly SeenJob[]): void => asked.onSeen(seen.map((job) => ['winner', job]));
      const ended = await results(fleet, [{ id, job: of }], asked.signal, show, (job) =>
        isPlaced(fleet, job, asked.folder),
      );
      if (ended === null) throw asked.signal.reason;
      if (ended[0].state === 'failed') throw errorOf(ended[0]);
      const { test } = trainedBy(ended[0]);
      return { id: (await readBundle(out)).id, test };
    },
  };
}

class Trials {
  readonly #fleet: Fleet;
  readonly #asked: TrialsAsked;
  readonly #events: TrialEvents;
  /** Files of the encoders that are trained, by the job. */
  readonly #encoders = new Map<string, readonly FileRef[]>();
  readonly #names = new Map<string, string>();
  readonly #seen = new Map<string, SeenJob>();
  readonly #forgotten = new Set<string>();

  constructor(fleet: Fleet, asked: TrialsAsked, events: TrialEvents) {
    this.#fleet = fleet;
    this.#asked = asked;
    this.#events = events;
  }

  async run({ encoders, trials }: SweepJobs): Promise<void> {
    const { say } = this.#fleet;
    const { signal } = this.#asked;
    for (const { id, job } of encoders) this.#names.set(id, `encoder ${nameOf((job as EncoderJob).trial)}`);
    for (const { id, trial } of trials) this.#names.set(id, trialId(trial));
    const later = trials.map(({ id }) => id);
    const { group } = encoders[0].job;
    if (!(await ask(this.#fleet, encoders, signal, later))) {
      say(staysText(group));
      throw signal.reason;
    }
    say(`${trials.length} trials on ${encoders.length} encoders asked for (${group})`);
    const ids = [...encoders.map(({ id }) => id), ...later];
    const isWhole = await waitFor(this.#fleet, ids, {
      group,
      signal,
      onLook: (seen) => this.#look(seen, encoders, trials),
    });
    if (!isWhole) throw signal.reason;
  }

  /** @returns the ids that are not over */
  async #look(
    seen: ReadonlyMap<string, SeenJob | null>,
    encoders: readonly NamedJob[],
    trials: readonly Asked[],
  ): Promise<string[]> {
    for (const [id, job] of seen) if (job !== null) this.#seen.set(id, job);
    const over = new Set<string>();
    const lost: NamedJob[] = [];
    for (const encoder of encoders.filter(({ id }) => seen.has(id))) {
      const job = seen.get(encoder.id)!;
      if (job === null) lost.push(encoder);
      else if (job.state === 'failed') over.add(encoder.id);
      else if (job.state === 'done' && (await this.#isPlaced(job))) {
        this.#encoders.set(encoder.id, trainedBy(job).files);
        over.add(encoder.id);
      } else if (job.state === 'done') {
        await this.#forget(job, trials);
      }
    }
    for (const asked of trials.filter(({ id }) => seen.has(id))) {
      const end = await this.#lookAtTrial(asked, seen.get(asked.id)!);
      if (end === 'over') over.add(asked.id);
      else if (end !== null) lost.push(end);
    }
    // a server that lost what it was told has not lost what was made: ids and files are the same
    if (lost.length > 0) await this.#fleet.queue.add(this.#fleet.lane, lost);
    this.#asked.onSeen([...this.#names].map(([id, name]) => [name, this.#seen.get(id) ?? notSeen(id)]));
    return [...seen.keys()].filter((id) => !over.has(id));
  }

  /**
   * What a job made is not in the store any more: it is done once more, with what was asked for on it.
   *
   * @throws UnderstudyError `job-failed` where that was tried already
   */
  async #forget(job: SeenJob, trials: readonly Asked[] = []): Promise<void> {
    if (this.#forgotten.has(job.id)) throw jobFailed(job, new Error('what it makes is not in the store'));
    this.#forgotten.add(job.id);
    this.#fleet.say(`${job.label}: what it made is not in the store any more, and is made again`);
    const onIt = trials.filter(({ id, encoderId }) => encoderId === job.id && this.#seen.get(id)?.state !== 'done');
    await this.#fleet.queue.forget(this.#fleet.lane, [job.id, ...onIt.map(({ id }) => id)]);
  }

  #isPlaced(job: SeenJob): Promise<boolean> {
    return isPlaced(this.#fleet, job, this.#asked.folder);
  }

  /** @returns what to add again; null while it waits or runs */
  async #lookAtTrial({ trial, id, encoderId, job }: Asked, seen: SeenJob | null): Promise<NamedJob | 'over' | null> {
    const encoder = this.#seen.get(encoderId);
    if (seen === null) {
      if (encoder?.state === 'failed') return this.#fail(trial, encoder);
      const files = this.#encoders.get(encoderId);
      return files === undefined ? null : { id, job: { ...job, encoder: [...files] } };
    }
    if (seen.state === 'failed') return this.#fail(trial, seen);
    if (seen.state !== 'done') return null;
    if (!(await this.#isPlaced(seen))) {
      await this.#forget(seen);
      return null;
    }
    const finished = finishedTrial(trial, this.#asked.folder);
    if (finished === null) throw jobFailed(seen, new Error('what it made is not a trial'));
    this.#events.onResult(trial, finished);
    return 'over';
  }

  #fail(trial: Trial, job: SeenJob): 'over' {
    const error = errorOf(job);
    const known = error instanceof UnderstudyError ? error : jobFailed(job, error);
    this.#events.onFailed(trial, known);
    return 'over';
  }
}

/** Puts what a job made into the folder. @returns false where its result is none, or its files cannot be had as they were */
async function isPlaced({ artefacts }: Fleet, { result }: SeenJob, folder: string): Promise<boolean> {
  const trained = trainedSchema.safeParse(result);
  return trained.success && (await artefacts.tryToPlace(trained.data.files, folder));
}

/** Of a job whose result was looked at. */
const trainedBy = ({ result }: SeenJob): TrainedJob => trainedSchema.parse(result);

/** One that is not on the queue yet: it waits for its encoder. */
const notSeen = (id: string): SeenJob => ({
  ...{ id, state: 'waiting', group: '', kind: '', label: id, result: null, failure: null, progress: null },
  ...{ worker: null, begun: 0, stalled: 0 },
});

function jobFailed({ id }: SeenJob, cause: Error): UnderstudyError {
  return new UnderstudyError({
    kind: 'environment',
    code: 'job-failed',
    message: `${id}: ${cause.message.split('\n', 1)[0]}`,
    next: 'Look at what its worker printed; the same command tries it again.',
    cause,
  });
}

interface SweepJobs {
  readonly encoders: readonly NamedJob[];
  readonly trials: readonly Asked[];
}

const nameOf = ({ autoencoder: { kind, latentSize } }: Trial): string =>
  kind === 'baseline' ? kind : String(latentSize);

/** What the jobs of a sweep have in common. */
type Common = Omit<TrialJob, 'kind' | 'trial' | 'encoder'>;

/** Heads of one encoder follow it. An encoder has the same id whichever of its heads are done. @param open trials that are not */
function asJobs(common: Common, trials: readonly Trial[], open: readonly Trial[]): SweepJobs {
  const encoders: NamedJob[] = [];
  const asked: Asked[] = [];
  for (const all of byEncoder(trials)) {
    const heads = all.filter((trial) => open.includes(trial));
    if (heads.length === 0) continue;
    const then = heads.map((trial) => {
      const job: TrialJob = { ...common, kind: 'trial', trial, encoder: [] };
      return { id: jobId(job), job };
    });
    const encoder: EncoderJob = { ...common, kind: 'encoder', trial: all[0], then: [] };
    const encoderId = jobId(encoder);
    encoders.push({ id: encoderId, job: { ...encoder, then } });
    asked.push(...then.map(({ id, job }, index) => ({ trial: heads[index], id, encoderId, job })));
  }
  return { encoders, trials: asked };
}

async function commonOf(
  { artefacts, say }: Fleet,
  { sessions, engine, deterministic }: TrialsAsked,
  trials: readonly Trial[],
): Promise<Common> {
  // what makes another result makes another group: its jobs and its files at the workers are not this one's
  const group = `sweep-${hashOf({ trials, engine, deterministic }, 12)}`;
  const published: TrialJob['sessions'] = [];
  for (const files of sessions.map((name) => resolveSession(name))) {
    say(`publishing ${files.name}`);
    const paths = allFiles(files).filter((path) => existsSync(path));
    const refs = await Promise.all(paths.map((path) => artefacts.publish(path, basename(path))));
    published.push({ name: files.name, files: refs });
  }
  return { version: 1, group, sessions: published, engine, deterministic };
}

/** Its encoder and its head as they lie here, so that nothing is trained again. */
async function winnerJob(
  { artefacts }: Fleet,
  { folder }: TrialsAsked,
  common: Common,
  trial: Trial,
): Promise<WinnerJob> {
  const isOfTrial = (path: string): boolean => path.startsWith(`encoders/${nameOf(trial)}-`) && isWorthSending(path);
  const encoder = await artefacts.publishFolder(folder, 'encoders', isOfTrial);
  const trained = await artefacts.publishFolder(folder, `trials/${trialId(trial)}`, isWorthSending);
  return { ...common, kind: 'winner', trial, encoder, trained };
}
