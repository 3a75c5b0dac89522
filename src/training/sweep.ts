/**
 * Runs a grid of trials, one after the other, and ranks them by their scores on validation fights; only the winner is
 * scored on the test fights. It may be stopped at any time and continues later. Decides nothing about settings.
 */
import { join } from 'node:path';
import { UnderstudyError } from '../core/errors.js';
import { given } from '../core/given.js';
import { EVIDENCE_FLOOR, evidenceOf, type Evidence } from '../evaluation/evidence.js';
import type { Scores } from '../evaluation/scores.js';
import { autoencoderNetwork, headNetwork, latentSizeOf } from './architectures.js';
import { framesOf, meanFrame, TRAIN, VALIDATION, windowsOf, type TrainingData } from './dataset.js';
import type { Engine } from './engine.js';
import type { FitProgress } from './fit.js';
import { replaceJson } from '../core/plain-json.js';
import { hasSharedEncoder } from './shared-encoder.js';
import type { TrainingStep } from './train.js';
import {
  encodersFolder,
  finishedTrial,
  runTrial,
  scoreWinner,
  trialId,
  type Trial,
  type TrialContext,
  type TrialData,
  type TrialResult,
} from './trial.js';
import { trainingCost, WorkPlan } from './work-plan.js';

export interface SweepOptions {
  /** At least one; trials that share an encoder are next to each other. */
  readonly trials: readonly Trial[];
  readonly data: TrialData;
  /** Folder of all results: sweep.json, the winner in best/, trials, encoders. */
  readonly folder: string;
  /** Validation frames below which an action is left out of the ranking; 0 ranks by all. Default `EVIDENCE_FLOOR`. */
  readonly evidenceFloor?: number;
  readonly signal?: AbortSignal;
  /** About the command; kept in sweep.json. */
  readonly record?: Readonly<Record<string, unknown>>;
  readonly watch?: SweepWatcher;
}

/** Gets what the display of a sweep's progress needs. */
export interface SweepWatcher {
  /** @param index 0-based */
  readonly onTrial: (trial: Trial, index: number, total: number) => void;
  readonly onStep: (step: TrainingStep) => void;
  /** @param secondsLeft upper bound for the whole sweep; null until there is an estimate */
  readonly onProgress: (
    step: TrainingStep,
    progress: FitProgress,
    all: { readonly part: number; readonly secondsLeft: number | null },
  ) => void;
  readonly onResult: (result: TrialResult) => void;
  readonly say: (message: string) => void;
}

/** A trial that could not be trained; the others were still run. */
export interface FailedTrial {
  readonly id: string;
  readonly latent: number;
  readonly head: Trial['head']['kind'];
  readonly code: string;
  readonly message: string;
}

/** A trial with the number that ranks it: the composite without the actions that have too few frames. */
export type RankedTrial = TrialResult & { readonly rankedComposite: Evidence['rankedComposite'] };

/** How the trials are ranked; the same for all, since they have the same validation frames. */
export type Ranking = Pick<Evidence, 'floor' | 'thin' | 'rankedBy'>;

export interface SweepResult {
  /** Best first. */
  readonly trials: readonly RankedTrial[];
  readonly ranking: Ranking;
  readonly failed: readonly FailedTrial[];
  readonly best: {
    readonly latent: number;
    readonly head: Trial['head']['kind'];
    readonly folder: string;
    readonly id: string;
  };
  /** Of the winner alone; null without test fights. */
  readonly test: Scores | null;
}

/**
 * Refuses data that no trial can learn from or be ranked by.
 *
 * @throws UnderstudyError `dataset-invalid` where all frames are one picture, no key ever changes, or a part has no
 *   window
 */
export function assertRankable(data: TrainingData, trial: Trial): void {
  const { windowLength: length, horizon, acrossFights } = trial.head;
  for (const [part, name] of [
    [TRAIN, 'training'],
    [VALIDATION, 'validation'],
  ] as const) {
    if (windowsOf(data, part, { length, horizon, acrossFights }).first.length > 0) continue;
    throw invalid(
      `No window of ${length} frames lies in the ${name} fights.`,
      'Give more or longer fights, or another --validation.',
    );
  }
  const positions = framesOf(data, TRAIN);
  if (meanFrame(data.frames, positions).loss < 1e-12) {
    throw invalid(
      `All ${positions.length} training frames are the same picture: there is nothing to see.`,
      'Look at the recording with `understudy session check`; the game window may have been covered.',
    );
  }
  const held = data.labels.held(positions[0]);
  if (positions.every((frame) => data.labels.held(frame) === held)) {
    throw invalid(
      'What is held never changes in the training fights: there is nothing to learn.',
      'Look at the keys with `understudy session stats`; --keys names them where they are others.',
    );
  }
}

function invalid(message: string, next: string): UnderstudyError {
  return new UnderstudyError({ kind: 'input', code: 'dataset-invalid', message, next });
}

/** The cost of all trials and their encoders, including those that are done already. */
export function trialPlan({ trials, data, folder }: Pick<SweepOptions, 'trials' | 'data' | 'folder'>): WorkPlan {
  const plan = new WorkPlan();
  const { image, labels, partOf } = data.data;
  const samples = partOf.filter((part) => part === TRAIN).length;
  for (const trial of trials) {
    const { autoencoder, head } = trial;
    const trained = hasSharedEncoder(data.data, data.framesSha256, autoencoder, encodersFolder(folder));
    const encoder = autoencoderNetwork({ ...autoencoder, image });
    plan.add(encoderJob(trial), trainingCost(encoder, samples, autoencoder.epochs, autoencoder.batchSize), trained);
    const network = headNetwork({ ...head, latentSize: latentSizeOf(encoder), actions: labels.actions.count });
    const done = finishedTrial(trial, folder) !== null;
    plan.add(trialId(trial), trainingCost(network, samples, head.epochs, head.batchSize), done);
  }
  return plan;
}

const encoderJob = ({ autoencoder }: Trial): string => `encoder ${JSON.stringify(autoencoder)}`;

/** Reports a trial's progress to a plan of {@link trialPlan}. */
export function trialProgress(
  plan: WorkPlan,
  trial: Trial,
  step: TrainingStep,
  { epoch, epochs, step: batch, steps }: FitProgress,
): void {
  const part = (epoch - 1 + batch / steps) / epochs;
  if (step === 'autoencoder') plan.at(encoderJob(trial), part);
  if (step === 'head') {
    plan.at(encoderJob(trial), 1);
    plan.at(trialId(trial), part);
  }
}

/**
 * Best first, by the composite of the actions with enough validation frames, as `evaluate` ranks models. Equal trials,
 * and all where no such action is left, are ranked by the mean F1 weighted by support, then by the validation loss.
 *
 * @param evidenceFloor frames; 0 ranks by every action of the composite
 */
export function ranked(results: readonly TrialResult[], evidenceFloor: number): RankedTrial[] {
  return results
    .map((result) => ({ ...result, rankedComposite: evidenceOf(result.validation, evidenceFloor).rankedComposite }))
    .sort(
      (a, b) =>
        (b.rankedComposite ?? -1) - (a.rankedComposite ?? -1) ||
        b.validation.weighted.f1 - a.validation.weighted.f1 ||
        a.fit.validationLoss - b.fit.validationLoss,
    );
}

function rankingOf({ validation }: TrialResult, evidenceFloor: number): Ranking {
  const { floor, thin, rankedBy } = evidenceOf(validation, evidenceFloor);
  return { floor, thin, rankedBy };
}

/** Where the trials of a sweep are run: in this process, or by others. */
export interface TrialRunner {
  /**
   * Runs the trials that are not done yet.
   *
   * @throws what none of the trials can be run with; the signal's reason when aborted
   */
  runAll(trials: readonly Trial[], events: TrialEvents): Promise<void>;
  /** Writes the winner's bundle to `out`. @returns its id, and its score on the test fights, which no trial has used before */
  scoreWinner(trial: Trial, out: string): Promise<{ readonly id: string; readonly test: Scores | null }>;
}

/** Called as each trial ends, in any order. */
export interface TrialEvents {
  readonly onResult: (trial: Trial, result: TrialResult) => void;
  /** The others are still run. */
  readonly onFailed: (trial: Trial, error: UnderstudyError) => void;
}

/** Runs trials in this process, one after the other. */
export function trialsHere(engine: Engine, options: SweepOptions): TrialRunner {
  const { data, folder, signal, watch } = options;
  return {
    runAll: async (trials, events) => {
      const plan = trialPlan(options);
      const stuck = new Map<string, UnderstudyError>();
      for (const [index, trial] of trials.entries()) {
        signal?.throwIfAborted();
        watch?.onTrial(trial, index, trials.length);
        const context: TrialContext = {
          folder,
          ...given({ signal, onStep: watch?.onStep, say: watch?.say }),
          onProgress: (step, progress) => {
            trialProgress(plan, trial, step, progress);
            watch?.onProgress(step, progress, plan);
          },
        };
        try {
          const known = stuck.get(encoderJob(trial)); // an encoder that failed is not tried again for each head
          if (known !== undefined) throw known;
          events.onResult(trial, await runTrial(engine, trial, data, context));
        } catch (error) {
          if (!(error instanceof UnderstudyError) || error.code !== 'training-diverged') throw error;
          if (!hasSharedEncoder(data.data, data.framesSha256, trial.autoencoder, encodersFolder(folder))) {
            stuck.set(encoderJob(trial), error);
          }
          events.onFailed(trial, error);
        }
        plan.at(encoderJob(trial), 1);
        plan.at(trialId(trial), 1);
      }
    },
    scoreWinner: async (trial, out) => {
      const context: TrialContext = { folder, ...given({ signal, say: watch?.say }) };
      const { bundle, test } = await scoreWinner(engine, trial, data, context, out);
      return { id: bundle.id, test };
    },
  };
}

/**
 * Runs the trials that are not done yet in this process, ranks all, and writes the winner to `<folder>/best` with its test
 * score.
 *
 * @throws UnderstudyError as `assertRankable` and `runTrial`, but `training-diverged` only where all trials diverge;
 *   the signal's reason when aborted (the same call continues from the last whole epoch)
 */
export const sweep = (engine: Engine, options: SweepOptions): Promise<SweepResult> =>
  sweepBy(trialsHere(engine, options), options);

/** The same by another runner. @throws as its methods; where all trials fail, the first failure */
export async function sweepBy(runner: TrialRunner, options: SweepOptions): Promise<SweepResult> {
  const { trials, data, folder, evidenceFloor = EVIDENCE_FLOOR, watch, record } = options;
  assertRankable(data.data, trials[0]);
  const results = new Map<string, TrialResult>();
  const failures = new Map<string, UnderstudyError>();
  const table = (): Omit<SweepResult, 'ranking' | 'best' | 'test'> & { readonly ranking: Ranking | null } => {
    // in the order of the trials, whatever the order in which they ended
    const done = trials.flatMap((trial) => results.get(trialId(trial)) ?? []);
    const failed = trials.flatMap((trial) => {
      const error = failures.get(trialId(trial));
      return error === undefined ? [] : [failedTrial(trial, error)];
    });
    const ranking = done.length === 0 ? null : rankingOf(done[0], evidenceFloor);
    return { trials: ranked(done, evidenceFloor), ranking, failed };
  };
  const write = (rest: object): void => {
    const { trials: done, ...others } = table();
    const engine = done.length === 0 ? null : done[0].engine;
    replaceJson(join(folder, 'sweep.json'), { ...record, engine, trials: done, ...others, ...rest });
  };
  await runner.runAll(trials, {
    onResult: (trial, result) => {
      results.set(trialId(trial), result);
      watch?.onResult(result);
      write({ best: null, test: null });
    },
    onFailed: (trial, error) => {
      failures.set(trialId(trial), error);
      watch?.say(`${trialId(trial)} failed, the others continue: ${error.message}`);
      write({ best: null, test: null });
    },
  });
  const { ranking, ...ended } = table();
  if (ranking === null) throw [...failures.values()][0];
  const [{ trial, latent, head }] = ended.trials;
  const out = join(folder, 'best');
  const { id, test } = await runner.scoreWinner(trial, out);
  const result = { ...ended, ranking, best: { latent, head, folder: out, id }, test };
  write(result);
  return result;
}

function failedTrial(trial: Trial, { code, message }: UnderstudyError): FailedTrial {
  return { id: trialId(trial), latent: trial.autoencoder.latentSize, head: trial.head.kind, code, message };
}
