/**
 * Scores of predicted held actions against the human's, frame by frame: scikit-learn's numbers, zero division counted
 * as 0 as in the study. Works on label matrices only: no model, no file, no threshold.
 */
import type { ActionSet } from '../core/action-set.js';
import { UnderstudyError } from '../core/errors.js';
import { given } from '../core/given.js';
import { LabelMatrix } from '../core/label-matrix.js';
import { actionSetOf, rulesBeside } from '../core/study-actions.js';
import { matchOnsets, onsetsOf } from '../session/onsets.js';

export interface PrecisionRecallF1 {
  /** Of what was predicted held, how much was; 0 where nothing was predicted. */
  readonly precision: number;
  /** Of what was held, how much was predicted; 0 where nothing was held. */
  readonly recall: number;
  /** Harmonic mean of both; 0 where both sets are empty (scikit-learn's `zero_division=0`). */
  readonly f1: number;
}

export interface ActionScore extends PrecisionRecallF1 {
  /** Frames in which the human held the action. At 0 its F1 is not defined: show N/A, never 0.00. */
  readonly support: number;
  /** F1 of presses matched one to one within {@link PRESS_TOLERANCE} frames; 0 without any. */
  readonly onsetF1: number;
  /** Cohen's kappa: agreement beyond chance, -1..1; null where both sides are constant and chance explains all. */
  readonly kappa: number | null;
}

/** What `understudy evaluate --json` prints. */
export interface Scores {
  readonly frames: number;
  /** In the order of the actions. */
  readonly perAction: Readonly<Record<string, ActionScore>>;
  /**
   * Mean F1 of the scored actions that were held: of the study's JUMP, SHOOT and DASH (write-up, 5.2). An action that never
   * occurs is not a zero in it; 0 where none of them occurs.
   */
  readonly composite: number;
  /** Share of the n x K cells that agree; a policy that only shoots already scores 0.89 on the author's fights. */
  readonly binaryAccuracy: number;
  /** Share of frames in which all K actions agree. */
  readonly subsetAccuracy: number;
  /** Counts of all actions taken together. */
  readonly micro: PrecisionRecallF1;
  /** Plain mean over the K actions, those without support included, as in scikit-learn. */
  readonly macro: PrecisionRecallF1;
  /** Mean over the K actions weighted by support. */
  readonly weighted: PrecisionRecallF1;
  /** Mean over frames. A frame in which nothing was held or predicted counts 0. */
  readonly samples: PrecisionRecallF1;
  /** Presses of all actions taken together: F1 of those matched one to one. Holding a key all the time scores nothing. */
  readonly onsetF1: number;
  /** Mean kappa of the actions that have one and that the human held at all; null without any. */
  readonly kappa: number | null;
  /** Only where these do not follow from the names of the actions. */
  readonly actionRules?: ActionRules;
}

export interface ScoreOptions {
  /** [n] number of the fight that each frame belongs to: no onset is seen across its borders. Default: one fight. */
  readonly fightOf?: ArrayLike<number>;
}

/** Which actions are opposing, rare and scored: in a document only where that does not follow from their names. */
export type ActionRules = ReturnType<ActionSet['rules']>;

/** How far a predicted press may be from the human's, frames. */
export const PRESS_TOLERANCE = 2;

/** The actions that scores are about; the scores may come from a document or from memory. */
export function actionsOfScores(scores: {
  readonly perAction: Readonly<Record<string, unknown>>;
  readonly actionRules?: ActionRules | undefined;
}): ActionSet {
  return actionSetOf(Object.keys(scores.perAction), scores.actionRules);
}

/** Names of the actions whose mean F1 is the composite. */
export function scoredNames({ names, scored }: ActionSet): string[] {
  return scored.map((index) => names[index]);
}

/** Counts that precision, recall and F1 are computed from. */
export interface Counts {
  truePositives: number;
  predicted: number;
  actual: number;
}

const ratio = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);

/** The scores of one set of counts. */
export function fromCounts({ truePositives, predicted, actual }: Counts): PrecisionRecallF1 {
  return {
    precision: ratio(truePositives, predicted),
    recall: ratio(truePositives, actual),
    f1: ratio(2 * truePositives, predicted + actual),
  };
}

/**
 * Cohen's kappa (J. Cohen, Educational and Psychological Measurement 20, 1960) of one action.
 *
 * @returns null where chance alone would always agree
 */
export function kappaOf(counts: Counts, frames: number): number | null {
  const { truePositives, predicted, actual } = counts;
  const agreed = (frames - actual - predicted + 2 * truePositives) / frames;
  const byChance = (predicted * actual + (frames - predicted) * (frames - actual)) / frames ** 2;
  return byChance === 1 ? null : (agreed - byChance) / (1 - byChance);
}

/** Mean of the values that are not null; null without any. */
export function meanOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
}

function mean(rows: readonly PrecisionRecallF1[], weights: readonly number[]): PrecisionRecallF1 {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const of = (key: keyof PrecisionRecallF1): number =>
    ratio(
      rows.reduce((sum, row, index) => sum + row[key] * weights[index], 0),
      total,
    );
  return { precision: of('precision'), recall: of('recall'), f1: of('f1') };
}

/**
 * Labels and predictions from files, uint8 [n, K] row by row.
 *
 * @throws UnderstudyError `file-unreadable` where the sizes do not match each other or the actions
 */
export function comparableLabels(
  actions: ActionSet,
  labels: Uint8Array,
  predictions: Uint8Array,
): readonly [labels: LabelMatrix, predictions: LabelMatrix] {
  assertComparable(actions, labels, predictions);
  return [new LabelMatrix(actions, labels), new LabelMatrix(actions, predictions)];
}

function assertComparable(actions: ActionSet, labels: Uint8Array, predictions: Uint8Array): void {
  const { count } = actions;
  if (labels.length === predictions.length && labels.length % count === 0 && labels.length > 0) return;
  throw new UnderstudyError({
    kind: 'input',
    code: 'file-unreadable',
    message: `Labels have ${labels.length} bytes and predictions ${predictions.length}; both must be the same n x ${count}, n >= 1.`,
    next: `Write both as uint8, one row of ${count} a frame, of the same frames.`,
  });
}

interface Tally {
  readonly perAction: readonly Counts[];
  readonly samples: PrecisionRecallF1;
  /** Of the n x K cells those that agree, and of the n frames those in which all K do. */
  readonly equalCells: number;
  readonly equalRows: number;
}

/** Counts n frames at once. */
export function tally(labels: LabelMatrix, predictions: LabelMatrix): Tally {
  const { count: frames, actions } = labels;
  const perAction = actions.names.map((): Counts => ({ truePositives: 0, predicted: 0, actual: 0 }));
  const sum = { precision: 0, recall: 0, f1: 0 };
  let equalCells = 0;
  let equalRows = 0;
  for (let frame = 0; frame < frames; frame += 1) {
    const row: Counts = { truePositives: 0, predicted: 0, actual: 0 };
    let equal = 0;
    for (let action = 0; action < actions.count; action += 1) {
      const actual = labels.at(frame, action) !== 0 ? 1 : 0;
      const predicted = predictions.at(frame, action) !== 0 ? 1 : 0;
      for (const counts of [perAction[action], row]) {
        counts.actual += actual;
        counts.predicted += predicted;
        counts.truePositives += actual & predicted;
      }
      if (actual === predicted) equal += 1;
    }
    const score = fromCounts(row);
    sum.precision += score.precision;
    sum.recall += score.recall;
    sum.f1 += score.f1;
    equalCells += equal;
    if (equal === actions.count) equalRows += 1;
  }
  const samples = { precision: sum.precision / frames, recall: sum.recall / frames, f1: sum.f1 / frames };
  return { perAction, samples, equalCells, equalRows };
}

/** Presses of one action: those that both have within {@link PRESS_TOLERANCE}, and those of either side. */
function countPresses(
  labels: LabelMatrix,
  predictions: LabelMatrix,
  action: number,
  { fightOf }: ScoreOptions,
): Counts {
  const human = onsetsOf(labels, action, fightOf);
  const predicted = onsetsOf(predictions, action, fightOf);
  const matched = matchOnsets(human, predicted, PRESS_TOLERANCE, fightOf).length;
  return { truePositives: matched, predicted: predicted.length, actual: human.length };
}

function sumOf(counts: readonly Counts[]): Counts {
  const sum: Counts = { truePositives: 0, predicted: 0, actual: 0 };
  for (const { truePositives, predicted, actual } of counts) {
    sum.truePositives += truePositives;
    sum.predicted += predicted;
    sum.actual += actual;
  }
  return sum;
}

/**
 * Scores n frames at once.
 *
 * @param labels what the human held; any value but 0 is held
 * @param predictions of the same frames: what the model would hold
 * @throws UnderstudyError `file-unreadable` where the sizes do not match
 */
export function scoreLabels(labels: LabelMatrix, predictions: LabelMatrix, options: ScoreOptions = {}): Scores {
  const { actions, count: frames } = labels;
  assertComparable(actions, labels.bytes, predictions.bytes);
  const { perAction, samples, equalCells, equalRows } = tally(labels, predictions);
  const rows = perAction.map(fromCounts);
  const supports = perAction.map((counts) => counts.actual);
  const presses = actions.names.map((_, action) => countPresses(labels, predictions, action, options));
  const scores: Record<string, ActionScore> = Object.fromEntries(
    actions.names.map((action, index) => [
      action,
      {
        ...rows[index],
        support: supports[index],
        onsetF1: fromCounts(presses[index]).f1,
        kappa: kappaOf(perAction[index], frames),
      },
    ]),
  );
  const scored = scoredNames(actions).filter((action) => scores[action].support > 0);
  return {
    frames,
    perAction: scores,
    composite: meanOf(scored.map((action) => scores[action].f1)) ?? 0,
    binaryAccuracy: equalCells / labels.bytes.length,
    subsetAccuracy: equalRows / frames,
    micro: fromCounts(sumOf(perAction)),
    macro: mean(rows, Array<number>(actions.count).fill(1)),
    weighted: mean(rows, supports),
    samples,
    onsetF1: fromCounts(sumOf(presses)).f1,
    kappa: meanOf(actions.names.filter((_, index) => supports[index] > 0).map((action) => scores[action].kappa)),
    ...given({ actionRules: rulesBeside(actions) }),
  };
}
