/**
 * Runs a study step by step: demonstrations, encoders and heads, frame scores, fights, report. Each step leaves its
 * result in the work folder and is not done again.
 */
import { join } from 'node:path';
import { rowOf, scriptedRows } from '../../../src/evaluation/arena/rows.js';
import { fightsByQueue } from '../../../src/fleet/ask/fights.js';
import { trialsByQueue } from '../../../src/fleet/ask/trials.js';
import type { Fleet } from '../../../src/fleet/fleet.js';
import { jobsLine } from '../../../src/fleet/status.js';
import { InPlaceLine } from '../../../src/terminal/in-place-line.js';
import { durationText } from '../../../src/terminal/progress.js';
import { TRAIN } from '../../../src/training/dataset.js';
import { loadEngine, type Engine } from '../../../src/training/engine.js';
import { sharedEncoder } from '../../../src/training/shared-encoder.js';
import {
  encodersFolder,
  finishedTrial,
  readTrialData,
  runTrial,
  trialId,
  type TrialData,
  type TrialResult,
  type AskedSource,
} from '../../../src/training/trial.js';
import { trialPlan, trialProgress } from '../../../src/training/sweep.js';
import type { WorkPlan } from '../../../src/training/work-plan.js';
import { STUDY_CONTRACT } from '../../../src/vision/preprocessing-contract.js';
import { recordInto } from '../../support/training-runs.js';
import { heldOutFights, type HeldOut } from './held-out.js';
import { playedSoFar, playUpTo, scoreByFrame, threatsDrawn } from './measure.js';
import { studyModels, type StudyModel } from './models.js';
import { writeReport } from './report.js';
import type { EncoderRow, ModelRow } from './rows.js';
import { FIRST_HELD_OUT_SEED, FIRST_PLAYED_SEED, FIRST_TRAINING_SEED, MOST_FRAMES, type Scale } from './scales.js';

export interface StudyOptions {
  readonly scale: Scale;
  /** Work folder, relative to the project: it is part of the trials' descriptions. */
  readonly folder: string;
  /** Folder of study.md and study.json. */
  readonly out: string;
  readonly command: string;
  /** False trains nothing more: what is trained plays. */
  readonly trains: boolean;
  /** Trains and plays nothing more. */
  readonly reportOnly: boolean;
  /** Trainings and fights are done by its workers; null: here. */
  readonly fleet: Fleet | null;
  readonly signal: AbortSignal;
}

/** The study's (write-up, Appendix A.1). */
const SEED = 42;
/** Fights that each model plays before the next one does: what is stopped has about the same number for all. */
const ROUND = 5;

/** Multiply-adds that one second of a model's own fight costs, drawing included: for the time left. */
const FIGHT_COST = 4e9;
const FIGHT_SECONDS = 40;

interface Study {
  readonly options: StudyOptions;
  readonly engine: Engine;
  readonly data: TrialData;
  readonly models: readonly StudyModel[];
  readonly plan: WorkPlan;
  readonly line: InPlaceLine;
}

const say = (text: string): void => void process.stderr.write(`${text}\n`);

/** Records the demonstrations. @returns the session's path, or null where a signal ended it */
function recorded({ player, fights }: Scale, folder: string): string | null {
  const fighting = { name: 'demos', fights, seed: FIRST_TRAINING_SEED, level: 'normal' as const };
  return recordInto(join(folder, 'sessions'), { ...fighting, options: ['--player', player] });
}

async function readSource(scale: Scale, folder: string, session: string): Promise<TrialData> {
  const source: AskedSource = {
    sessions: [session],
    ...{ pictures: STUDY_CONTRACT, labelRule: 'at-frame', labelLeadMs: 0, lenient: false, keys: null },
    split: { by: 'fight', seed: SEED, validation: scale.validationFights / scale.fights, test: 0 },
  };
  const data = await readTrialData(source, join(folder, 'sweep'));
  const { count } = data.data.frames;
  if (count > MOST_FRAMES) throw new Error(`${count} frames, more than the study's ${MOST_FRAMES}`);
  return data;
}

/** Weighs what is still to do: trainings and fights. */
function planned(options: StudyOptions, data: TrialData, models: readonly StudyModel[]): WorkPlan {
  const { scale, folder } = options;
  const sweepFolder = join(folder, 'sweep');
  const plan = trialPlan({ trials: models.map(({ trial }) => trial), data, folder: sweepFolder });
  for (const { trial } of models) {
    const result = finishedTrial(trial, sweepFolder);
    const played = result === null ? 0 : playedSoFar(result, folder).length;
    for (let fights = ROUND; fights < scale.playedFights + ROUND; fights += ROUND) {
      plan.add(fightsJob(trialId(trial), fights), ROUND * FIGHT_SECONDS * FIGHT_COST, played >= fights);
    }
  }
  return plan;
}

const fightsJob = (id: string, fights: number): string => `${id} fights ${fights}`;

function leftText(plan: WorkPlan): string {
  const { part, secondsLeft } = plan;
  const left = secondsLeft === null ? '' : `, ${durationText(secondsLeft)} left at most`;
  return `[${(100 * part).toFixed(0)} % of the study${left}]`;
}

async function trainAll(study: Study): Promise<void> {
  const { options, engine, data, models, plan, line } = study;
  const folder = join(options.folder, 'sweep');
  if (options.fleet !== null) return await trainByQueue(options.fleet, study);
  for (const [index, { name, trial }] of models.entries()) {
    if (finishedTrial(trial, folder) !== null) continue;
    say(`model ${index + 1} of ${models.length}: ${name} ${leftText(plan)}`);
    const result = await runTrial(engine, trial, data, {
      ...{ folder, signal: options.signal, say },
      onProgress: (step, progress) => {
        trialProgress(plan, trial, step, progress);
        const { epoch, epochs, loss } = progress;
        const where = step === 'latents' ? step : `${step} epoch ${epoch} of ${epochs}, loss ${loss.toPrecision(3)}`;
        line.show(performance.now(), () => `  ${name}: ${where} ${leftText(plan)}`);
      },
    });
    line.finish();
    plan.at(trialId(trial), 1);
    say(`  composite ${result.validation.composite.toFixed(3)} after ${durationText(result.seconds)}`);
  }
}

async function trainByQueue(fleet: Fleet, { options, models, line, data }: Study): Promise<void> {
  const runner = trialsByQueue(fleet, {
    ...{ sessions: data.source.sessions, folder: join(options.folder, 'sweep'), signal: options.signal },
    ...{ engine: 'tfjs-node', deterministic: false },
    onSeen: (jobs) => line.show(performance.now(), () => jobsLine(jobs)),
  });
  await runner.runAll(
    models.map(({ trial }) => trial),
    {
      onResult: ({ head }, { id, validation }) =>
        say(`${id} (${head.kind}): composite ${validation.composite.toFixed(3)}`),
      onFailed: (trial, error) => say(`${trialId(trial)} failed: ${error.message}`),
    },
  );
  line.finish();
}

/** @returns false where the signal came first */
async function playAll({ options, models, plan, line }: Study): Promise<boolean> {
  const { scale, folder, signal, fleet } = options;
  for (let round = ROUND; round < scale.playedFights + ROUND; round += ROUND) {
    const fights = Math.min(round, scale.playedFights);
    for (const { name, trial } of models) {
      const result = finishedTrial(trial, join(folder, 'sweep'));
      if (result === null) continue;
      const onProgress = (part: number): void => {
        plan.at(fightsJob(trialId(trial), round), part);
        line.show(performance.now(), () => `  ${name} plays up to ${fights} fights ${leftText(plan)}`);
      };
      const play = fleet === null ? {} : { play: fightsByQueue(fleet) };
      if (!(await playUpTo(result, fights, folder, { signal, onProgress, ...play }))) return false;
    }
    line.finish();
    say(`${fights} of ${scale.playedFights} fights a trained model are played ${leftText(plan)}`);
  }
  return true;
}

async function rowsOf(
  { options, engine, data, models }: Study,
  heldOut: HeldOut,
): Promise<{ models: ModelRow[]; encoders: EncoderRow[] }> {
  const folder = join(options.folder, 'sweep');
  const encoders = new Map<number | null, EncoderRow>();
  const rows: ModelRow[] = [];
  for (const { name, group, latent, head, loss, trial } of models) {
    const result: TrialResult | null = finishedTrial(trial, folder);
    if (result === null) continue;
    const shared = await sharedEncoder(
      ...([engine, data.data, data.framesSha256, trial.autoencoder, encodersFolder(folder)] as const),
      {},
    );
    if (!encoders.has(latent)) {
      encoders.set(latent, { latent, record: shared.record, threats: threatsDrawn(engine, shared, heldOut) });
    }
    const played = playedSoFar(result, options.folder).slice(0, options.scale.playedFights);
    rows.push({
      ...{ name, group, latent, head, loss, fit: result.fit, validation: result.validation },
      byFrame: await scoreByFrame(engine, result, shared, heldOut, folder),
      played: played.length === 0 ? null : rowOf(played),
      hits: played.map(({ hits }) => hits),
      ...{ trial: result.id, seconds: result.seconds },
    });
  }
  return { models: rows, encoders: [...encoders.values()] };
}

async function report(study: Study): Promise<void> {
  const { options, engine, data, models } = study;
  const { scale, out, command } = options;
  const heldOut = await heldOutFights(scale.player, scale.heldOutFights, FIRST_HELD_OUT_SEED);
  const numbers = await rowsOf(study, heldOut);
  if (numbers.models.length === 0) return say('no model is trained yet: nothing to report');
  const fights = Math.max(1, ...numbers.models.map(({ played }) => played?.fights ?? 0));
  const { signal } = new AbortController(); // the rest is quick
  const players = (await scriptedRows({ fights, seed: FIRST_PLAYED_SEED, level: 'normal' }, signal))!;
  const { partOf, frames } = data.data;
  const facts = {
    ...{ scale, planned: models.length, frames: frames.count, fights: scale.fights, seed: SEED, players, command },
    trainFrames: partOf.filter((part) => part === TRAIN).length,
    heldOutFrames: heldOut.data.frames.count,
    engine: engine.description,
  };
  writeReport(out, 'study', facts, numbers);
  say(`wrote ${join(out, 'study.md')} and .json`);
}

/**
 * Runs what is left of a study and writes its report.
 *
 * @returns false where the signal came first; no report is written then
 * @throws UnderstudyError as `loadEngine`, `readTrialData` and `runTrial`
 */
export async function runStudy(options: StudyOptions): Promise<boolean> {
  const { scale, folder, signal } = options;
  const engine = await loadEngine('tfjs-node');
  const session = recorded(scale, folder);
  if (session === null) return false;
  const data = await readSource(scale, folder, session);
  using frames = data.data.frames;
  const models = studyModels(scale, data.source, data.sha256);
  say(`${frames.count} frames, ${models.length} models, on ${engine.description}`);
  const plan = planned(options, data, models);
  const study: Study = { options, engine, data, models, plan, line: new InPlaceLine(process.stderr) };
  if (!options.reportOnly) {
    try {
      if (options.trains) await trainAll(study);
      if (!(await playAll(study))) return false;
    } catch (error) {
      if (signal.aborted) return false;
      throw error;
    } finally {
      study.line.finish();
    }
  }
  await report(study);
  return true;
}
