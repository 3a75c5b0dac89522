/**
 * Everything that is known about models on the same recorded fights, as one document: what `evaluate --json` prints,
 * what the report shows and what `compare` reads. Pure: predictions come in, no file is opened.
 */
import type { ActionSet } from '../core/action-set.js';
import { UnderstudyError } from '../core/errors.js';
import { given } from '../core/given.js';
import { LabelMatrix } from '../core/label-matrix.js';
import type { Bundle } from '../policy/bundle.js';
import type { Dataset } from '../session/dataset.js';
import { BASELINES, baselinePredictions, type BaselineName } from './baselines.js';
import { bootstrapIntervals, type Interval } from './bootstrap.js';
import { thresholdCurves, type ActionCurve } from './curves.js';
import { contractOf, type EvaluationContract } from './contract.js';
import { evidenceOf, type Evidence } from './evidence.js';
import type { TrainingCurve } from './figures/training-curves.js';
import { countFights, statisticsOf, sumCounts, type FightCounts } from './fight-counts.js';
import { learnedOf, type Learned } from './learned.js';
import { scoreOnsets, type OnsetScores } from './onset-scores.js';
import type { FightPredictions } from './predict.js';
import { scoreLabels, type Scores } from './scores.js';
import type { Split } from './split.js';
import { timelinesOf, type Timeline } from './timelines.js';
import { trainingCurvesOf } from './training-history.js';

/** Version of the document; docs/report-schema/evaluation.schema.json describes it. */
export const DOCUMENT_VERSION = 1;

/** Intervals by the name of a score: `composite`, `JUMP.f1`. Null where the score has none. */
export type Intervals = Readonly<Record<string, Interval | null>>;

/** Scores of one set of predictions, with presses and intervals. */
export interface FullScores extends Scores {
  readonly onsets: OnsetScores;
  readonly intervals: Intervals;
}

export interface ModelEvaluation extends FullScores {
  readonly name: string;
  readonly id: string;
  readonly split: Split;
  readonly contract: EvaluationContract;
  /** How it was trained, epoch by epoch; empty where its record does not say. */
  readonly trainingCurves: readonly TrainingCurve[];
  readonly evidence: Evidence;
  /** Every action beside the baselines, and the verdict. */
  readonly learned: Learned;
  /** Frames at which each action is predicted held. */
  readonly predictedFrames: Readonly<Record<string, number>>;
  readonly curves: Readonly<Record<string, ActionCurve>>;
  /** Counts of each scored fight, in the order of `fights`, with which two documents are compared fight by fight. */
  readonly perFight: readonly (readonly number[])[];
}

/** How far one model is above another in one score, fight by fight. */
export interface Difference {
  readonly name: string;
  /** Above 0 where `model` scores higher than `against`. */
  readonly difference: number | null;
  readonly interval: Interval | null;
  /** The interval does not hold 0. */
  readonly isOutside: boolean;
}

/** The fields of a document besides the scores of its first model, which are at its top level. */
interface Common {
  readonly format: 'understudy-evaluation';
  readonly formatVersion: typeof DOCUMENT_VERSION;
  readonly sessions: readonly { readonly name: string; readonly fights: number; readonly framesInFights: number }[];
  /** Of the scored fights, in order. */
  readonly fights: readonly {
    readonly session: string;
    readonly fight: number;
    readonly id: string;
    readonly frames: number;
  }[];
  readonly rateHz: number;
  readonly labelRule: string;
  readonly evidenceFloor: number;
  readonly models: readonly ModelEvaluation[];
  readonly baselines: Readonly<Record<BaselineName, FullScores>>;
  /** Each further model against the first; only with several models. */
  readonly differences: readonly {
    readonly model: string;
    readonly against: string;
    readonly scores: readonly Difference[];
  }[];
  readonly timelines: readonly Timeline[];
}

/** As `evaluate <sessions> --json` prints it: the first model's scores, split and verdict at the top. */
export type EvaluationDocument = Common & FullScores & { readonly split: Split; readonly learned: Learned };

export interface EvaluatedModel {
  readonly bundle: Bundle;
  readonly predictions: FightPredictions;
  readonly split: Split;
}

export interface EvaluateModelsOptions {
  readonly dataset: Dataset;
  /** At least one; the scores of the first are at the document's top level. */
  readonly models: readonly EvaluatedModel[];
  /** Leaves out the fights that some model was trained or tuned on. */
  readonly onlyHeldOut: boolean;
  /** An action held in fewer frames has too little evidence. */
  readonly evidenceFloor: number;
  /** Fights whose timelines are kept, at most. */
  readonly timelines: number;
}

/** Frames that all models predict, as rows of the dataset, with what was held there and before. */
interface ScoredFrames {
  readonly rows: Int32Array;
  readonly labels: LabelMatrix;
  readonly before: LabelMatrix;
  readonly fightOf: Int32Array;
}

/**
 * Scores the models on the frames that all of them predict.
 *
 * @throws UnderstudyError `session-invalid` where no such frame is left
 */
export function evaluateModels(options: EvaluateModelsOptions): EvaluationDocument {
  const { dataset, models, evidenceFloor } = options;
  const frames = scoredFrames(options);
  const rateHz = Number.isNaN(dataset.rateHz) ? models[0].bundle.manifest.fps : dataset.rateHz;
  const statistics = statisticsOf(dataset.actions);
  const full = (predictions: LabelMatrix): { readonly scores: FullScores; readonly counts: readonly FightCounts[] } => {
    const { labels, fightOf } = frames;
    const counts = countFights(labels, predictions, fightOf);
    const bounds = bootstrapIntervals(counts, statistics);
    const scores = {
      ...scoreLabels(labels, predictions, { fightOf }),
      onsets: scoreOnsets(labels, predictions, { rateHz, fightOf }),
      intervals: Object.fromEntries(statistics.map(({ name }, i) => [name, bounds[i]])),
    };
    return { scores, counts };
  };
  const places = models.map(({ predictions }) => placesOf(predictions.rows, frames.rows));
  const held = models.map(({ predictions }, place) => predictions.held.select(places[place]));
  const scored = held.map(full);
  const baselines = baselinePredictions(frames.labels, frames.before);
  const copied = scoreLabels(frames.labels, baselines.copyLast);
  const evaluated = models.map(({ bundle, split, predictions }, place): ModelEvaluation => {
    const { scores, counts } = scored[place];
    return {
      name: nameOf(models, place),
      id: bundle.id,
      ...scores,
      split,
      contract: contractOf(bundle.manifest, predictions.thresholds),
      trainingCurves: trainingCurvesOf(bundle.manifest),
      evidence: evidenceOf(scores, evidenceFloor),
      learned: learnedOf(scores, copied),
      predictedFrames: heldFrames(held[place]),
      curves: thresholdCurves(frames.labels, predictions.probabilities.select(places[place])),
      perFight: counts.map((fight) => [...fight]),
    };
  });
  const { actionRules, ...first } = scored[0].scores;
  return {
    format: 'understudy-evaluation',
    formatVersion: DOCUMENT_VERSION,
    ...first,
    ...given({ actionRules }),
    split: evaluated[0].split,
    learned: evaluated[0].learned,
    sessions: sessionsOf(dataset),
    fights: fightsOf(frames, models[0].split),
    rateHz,
    labelRule: dataset.rule,
    evidenceFloor,
    models: evaluated,
    baselines: Object.fromEntries(BASELINES.map((name) => [name, full(baselines[name]).scores])) as Record<
      BaselineName,
      FullScores
    >,
    differences: evaluated.slice(1).map((other) => ({
      model: other.name,
      against: evaluated[0].name,
      scores: differencesOf(dataset.actions, evaluated[0].perFight, other.perFight),
    })),
    timelines: timelinesOf(
      { ...frames, split: models[0].split, dataset },
      evaluated.map(({ name }, place) => ({ name, held: held[place] })),
      options.timelines,
    ),
  };
}

/** Two bundles of the same name are distinguished by their ids. */
function nameOf(models: readonly EvaluatedModel[], place: number): string {
  const { manifest, id } = models[place].bundle;
  const isAlone = models.filter(({ bundle }) => bundle.manifest.name === manifest.name).length === 1;
  return isAlone ? manifest.name : `${manifest.name} (${id.slice(0, 6)})`;
}

function scoredFrames({ dataset, models, onlyHeldOut }: EvaluateModelsOptions): ScoredFrames {
  const seen = new Set<number>();
  for (const { split } of models) {
    for (const { fight, part } of split.fights) if (part === 'train' || part === 'validation') seen.add(fight);
  }
  const others = models.slice(1).map(({ predictions }) => new Set(predictions.rows));
  const rows = models[0].predictions.rows.filter(
    (row) => others.every((set) => set.has(row)) && !(onlyHeldOut && seen.has(dataset.fights[row])),
  );
  if (rows.length === 0) {
    throw new UnderstudyError({
      kind: 'input',
      code: 'session-invalid',
      message: onlyHeldOut
        ? 'Every fight of these sessions was trained or tuned on: none is held out.'
        : 'No frame of these sessions is predicted by all of the models.',
      next: 'Score other sessions, with more or longer fights.',
    });
  }
  // back to the last frame that a model could look at when it decided; never the frame itself
  const back = Math.max(1, ...models.map(({ predictions }) => predictions.horizonFrames));
  const labels = dataset.labels.select(rows);
  const before = LabelMatrix.zeros(dataset.actions, rows.length);
  rows.forEach((row, place) => {
    if (dataset.fights[row - back] === dataset.fights[row]) before.setHeld(place, dataset.labels.held(row - back));
  });
  return { rows, labels, before, fightOf: Int32Array.from(rows, (row) => dataset.fights[row]) };
}

/** The position of each wanted row in `from`; both ascend, and every wanted row is there. */
function placesOf(from: Int32Array, wanted: Int32Array): Int32Array {
  let at = 0;
  return wanted.map((row) => {
    while (from[at] !== row) at += 1;
    return at;
  });
}

function heldFrames(held: LabelMatrix): Record<string, number> {
  const counts = held.counts();
  return Object.fromEntries(held.actions.names.map((action, index) => [action, counts[index]]));
}

function sessionsOf({ sessions, sessionOf }: Dataset): Common['sessions'] {
  return sessions.map(({ files, fights }, place) => ({
    name: files.name,
    fights: fights.length,
    framesInFights: sessionOf.filter((of) => of === place).length,
  }));
}

function fightsOf({ fightOf }: ScoredFrames, { fights }: Split): Common['fights'] {
  const frames = new Map<number, number>();
  for (const fight of fightOf) frames.set(fight, (frames.get(fight) ?? 0) + 1);
  return fights
    .filter(({ fight }) => frames.has(fight))
    .map(({ session, fight, id }) => ({ session, fight, id, frames: frames.get(fight)! }));
}

/**
 * How much higher the second model scores than the first, with intervals over the same fights.
 *
 * @param first counts of each fight, over these actions
 * @param second of the same fights
 */
export function differencesOf(
  actions: ActionSet,
  first: readonly (readonly number[])[],
  second: readonly (readonly number[])[],
): readonly Difference[] {
  const size = first[0].length;
  const paired = first.map((counts, fight) => Float64Array.from([...counts, ...second[fight]]));
  const statistics = statisticsOf(actions).map(({ name, of }) => ({
    name,
    of: (counts: FightCounts): number | null => {
      const [a, b] = [of(counts.subarray(0, size)), of(counts.subarray(size))];
      return a === null || b === null ? null : b - a;
    },
  }));
  const intervals = bootstrapIntervals(paired, statistics);
  const whole = sumCounts(paired);
  return statistics.map(({ name, of }, place) => {
    const interval = intervals[place];
    const isOutside = interval !== null && (interval[0] > 0 || interval[1] < 0);
    return { name, difference: of(whole), interval, isOutside };
  });
}
