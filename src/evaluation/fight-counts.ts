/**
 * The counts that scores are computed from, fight by fight. Counts of fights add up, so that an interval over fights
 * does not read the frames again; every score here is a ratio of such sums.
 */
import type { ActionSet } from '../core/action-set.js';
import type { LabelMatrix } from '../core/label-matrix.js';
import { matchOnsets, onsetsOf } from '../session/onsets.js';
import { ONSET_TOLERANCES } from './onset-scores.js';
import { kappaOf, meanOf, tally } from './scores.js';

/** Indices of a fight's counts: these, then {@link PER_ACTION} counts for each action. */
const FRAMES = 0;
const EQUAL_CELLS = 1;
const EQUAL_ROWS = 2;
const FIRST_ACTION = 3;
/** Counts of one action: both held, predicted, held, presses of the human and of the model, matched at each tolerance. */
const PER_ACTION = 5 + ONSET_TOLERANCES.length;

const placeOf = (action: number): number => FIRST_ACTION + action * PER_ACTION;

/** The counts of one fight, or a sum of several; an array, so that sums are cheap. */
export type FightCounts = Float64Array;

/** A named score: a function of summed counts; null where it is not defined. */
export interface Statistic {
  /** `composite`, `JUMP.f1`, `JUMP.onsetF1`: as the fields of the scores are nested. */
  readonly name: string;
  readonly of: (counts: FightCounts) => number | null;
}

/**
 * Counts each fight.
 *
 * @param predictions of the frames of `labels`
 * @param fightOf [n]; frames of one fight lie together
 * @returns one for each fight, in their order
 */
export function countFights(
  labels: LabelMatrix,
  predictions: LabelMatrix,
  fightOf: ArrayLike<number>,
): readonly FightCounts[] {
  const frames = labels.count;
  const fights: FightCounts[] = [];
  let first = 0;
  for (let frame = 1; frame <= frames; frame += 1) {
    if (frame < frames && fightOf[frame] === fightOf[first]) continue;
    fights.push(countFight(labels.slice(first, frame), predictions.slice(first, frame)));
    first = frame;
  }
  return fights;
}

function countFight(labels: LabelMatrix, predictions: LabelMatrix): FightCounts {
  const { perAction, equalCells, equalRows } = tally(labels, predictions);
  const counts = new Float64Array(placeOf(perAction.length));
  counts[FRAMES] = labels.count;
  counts[EQUAL_CELLS] = equalCells;
  counts[EQUAL_ROWS] = equalRows;
  perAction.forEach(({ truePositives, predicted, actual }, action) => {
    const [human, model] = [onsetsOf(labels, action), onsetsOf(predictions, action)];
    const matched = ONSET_TOLERANCES.map((tolerance) => matchOnsets(human, model, tolerance).length);
    counts.set([truePositives, predicted, actual, human.length, model.length, ...matched], placeOf(action));
  });
  return counts;
}

const ratio = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);

/** F1 of one action; null where the human never held it. */
function f1At(counts: FightCounts, action: number): number | null {
  const at = placeOf(action);
  return counts[at + 2] === 0 ? null : (2 * counts[at]) / (counts[at + 1] + counts[at + 2]);
}

function actionStatistics(name: string, action: number): Statistic[] {
  const at = placeOf(action);
  const onset = at + 5 + ONSET_TOLERANCES.length - 1;
  const ifHeld = (value: (counts: FightCounts) => number | null) => (counts: FightCounts) =>
    counts[at + 2] === 0 ? null : value(counts);
  return [
    { name: `${name}.precision`, of: ifHeld((counts) => ratio(counts[at], counts[at + 1]) ?? 0) },
    { name: `${name}.recall`, of: ifHeld((counts) => ratio(counts[at], counts[at + 2])) },
    { name: `${name}.f1`, of: (counts) => f1At(counts, action) },
    { name: `${name}.onsetF1`, of: (counts) => ratio(2 * counts[onset], counts[at + 3] + counts[at + 4]) },
    { name: `${name}.kappa`, of: ifHeld((counts) => kappaAt(counts, action)) },
  ];
}

function kappaAt(counts: FightCounts, action: number): number | null {
  const at = placeOf(action);
  return kappaOf({ truePositives: counts[at], predicted: counts[at + 1], actual: counts[at + 2] }, counts[FRAMES]);
}

function allOnsets(counts: FightCounts, actions: ActionSet): number | null {
  let [matched, presses] = [0, 0];
  for (let action = 0; action < actions.count; action += 1) {
    const at = placeOf(action);
    matched += counts[at + 5 + ONSET_TOLERANCES.length - 1];
    presses += counts[at + 3] + counts[at + 4];
  }
  return ratio(2 * matched, presses);
}

function meanKappa(counts: FightCounts, actions: ActionSet): number | null {
  const held = actions.names.map((_, action) => action).filter((action) => counts[placeOf(action) + 2] > 0);
  return meanOf(held.map((action) => kappaAt(counts, action)));
}

/** The mean F1 of the scored actions that the human held; null without any. */
function composite(counts: FightCounts, { scored }: ActionSet): number | null {
  return meanOf(scored.map((action) => f1At(counts, action)));
}

/** Every score that has an interval, in the order in which they are shown; of counts over these actions. */
export function statisticsOf(actions: ActionSet): readonly Statistic[] {
  return [
    { name: 'composite', of: (counts) => composite(counts, actions) },
    { name: 'onsetF1', of: (counts) => allOnsets(counts, actions) },
    { name: 'kappa', of: (counts) => meanKappa(counts, actions) },
    { name: 'binaryAccuracy', of: (counts) => ratio(counts[EQUAL_CELLS], counts[FRAMES] * actions.count) },
    { name: 'subsetAccuracy', of: (counts) => ratio(counts[EQUAL_ROWS], counts[FRAMES]) },
    ...actions.names.flatMap(actionStatistics),
  ];
}

/** The sum of the counts of several fights, at least one. */
export function sumCounts(fights: readonly FightCounts[]): FightCounts {
  const sum = new Float64Array(fights[0].length);
  for (const fight of fights) for (let i = 0; i < sum.length; i += 1) sum[i] += fight[i];
  return sum;
}
