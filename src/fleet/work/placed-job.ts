/** A job whose files lie on this machine, done by the code that does it without a queue. */
import { join, relative } from 'node:path';
import { playOnThreads } from '../../evaluation/arena/threads.js';
import { usualThreads } from '../../evaluation/arena/score.js';
import type { PlayedFight } from '../../evaluation/arena/settings.js';
import type { Scores } from '../../evaluation/scores.js';
import { readBundle } from '../../policy/bundle.js';
import { loadEngine } from '../../training/engine.js';
import type { FitProgress } from '../../training/fit.js';
import type { TrainingStep } from '../../training/train.js';
import {
  runTrial,
  scoreWinner,
  trainEncoder,
  trialFolder,
  withTrialData,
  type TrialContext,
} from '../../training/trial.js';
import type { FightsJob, JobProgress, TrainingJob } from '../payloads.js';

/** Plain data, for a process of its own. */
export type PlacedJob =
  | { readonly kind: 'fights'; readonly job: FightsJob; readonly bundle: string }
  | {
      readonly kind: 'training';
      readonly job: TrainingJob;
      /** Of the sweep: its encoders and trials lie in it. */
      readonly folder: string;
      /** Paths without ending, in the order of the job's. */
      readonly sessions: readonly string[];
    };

export interface PlacedEvents {
  readonly onProgress: (progress: JobProgress) => void;
  readonly signal: AbortSignal;
}

/** What a training job leaves in its folder, by paths relative to the sweep's. */
export interface TrainedFiles {
  /** Folder of the encoder, or of the trial, or of the winner's bundle. */
  readonly folder: string;
  readonly test: Scores | null;
  /** Of a trial on validation fights. */
  readonly composite: number | null;
}

/** @throws as playOnThreads, runTrial and scoreWinner; the signal's reason */
export async function runPlacedJob(placed: PlacedJob, events: PlacedEvents): Promise<PlayedFight[] | TrainedFiles> {
  return placed.kind === 'fights' ? await playFights(placed, events) : await train(placed, events);
}

async function playFights(
  { job, bundle: folder }: Extract<PlacedJob, { kind: 'fights' }>,
  { onProgress, signal }: PlacedEvents,
): Promise<PlayedFight[]> {
  const bundle = await readBundle(folder);
  const { fights } = job;
  const played = await playOnThreads({
    settings: { ...job.settings, bundle },
    fights,
    ...usualThreads(fights),
    signal,
    onProgress: ({ done }) => onProgress({ step: 'fights', part: done / fights, secondsLeft: null }),
  });
  if (played === null) throw signal.reason;
  return played;
}

async function train(
  { job, folder, sessions }: Extract<PlacedJob, { kind: 'training' }>,
  events: PlacedEvents,
): Promise<TrainedFiles> {
  const { trial, kind } = job;
  const engine = await loadEngine(job.engine, { deterministic: job.deterministic });
  const { preprocessing, ...source } = trial.source;
  const context: TrialContext = {
    folder,
    signal: events.signal,
    onProgress: (step, progress) => events.onProgress(progressOf(step, progress)),
  };
  return await withTrialData({ ...source, sessions, pictures: preprocessing }, folder, async (data) => {
    if (kind === 'encoder') {
      const trained = await trainEncoder(engine, trial, data, context);
      return { folder: relative(folder, trained.folder), test: null, composite: null };
    }
    if (kind === 'trial') {
      const { validation } = await runTrial(engine, trial, data, context);
      return { folder: trialFolder(trial), test: null, composite: validation.composite };
    }
    const { test } = await scoreWinner(engine, trial, data, context, join(folder, 'best'));
    return { folder: 'best', test, composite: null };
  });
}

function progressOf(
  step: TrainingStep,
  { epoch, epochs, step: batch, steps, loss, secondsLeft }: FitProgress,
): JobProgress {
  return { step, part: (epoch - 1 + batch / steps) / epochs, epoch, epochs, loss, secondsLeft };
}
