/**
 * Chooses each action's threshold on validation fights: the one with the best F1, or the one at which it is held as often
 * as the person held it. Needs no engine, so that `model tune` works without one.
 */
import { LabelMatrix } from '../core/label-matrix.js';
import type { ProbabilityMatrix } from '../core/probability-matrix.js';
import { thresholdAt, type Threshold } from '../policy/thresholds.js';

/** An action that the human held in fewer validation frames keeps the default: the best F1 of so few is chance. */
const MIN_SUPPORT = 20;
const DEFAULT_PRESS = 0.5;
/** An action that never occurs is never worth pressing. */
const NEVER_PRESS = 0.95;
/** A threshold must be above 0: below this an action is held all the time anyway. */
const LEAST_PRESS = 0.01;
const CANDIDATES = Array.from({ length: 91 }, (_, i) => (5 + i) / 100);

function bestPress(probabilities: Float32Array, isHeld: Uint8Array): number {
  const support = isHeld.reduce((sum, value) => sum + (value === 0 ? 0 : 1), 0);
  if (support === 0) return NEVER_PRESS;
  if (support < MIN_SUPPORT) return DEFAULT_PRESS;
  const scores = CANDIDATES.map((press) => {
    let hits = 0;
    let predicted = 0;
    for (let row = 0; row < isHeld.length; row += 1) {
      if (probabilities[row] < press) continue;
      predicted += 1;
      hits += isHeld[row] !== 0 ? 1 : 0;
    }
    return (2 * hits) / (predicted + support);
  });
  const best = Math.max(...scores);
  // the middle one of the candidates that score best is the least likely to be luck
  const winners = CANDIDATES.filter((_, index) => scores[index] > best - 1e-9);
  return winners[Math.floor(winners.length / 2)];
}

/**
 * Press and release thresholds, by action.
 *
 * @param probabilities of validation windows
 * @param labels of the frames they predict
 */
export function tuneThresholds(probabilities: ProbabilityMatrix, labels: LabelMatrix): Record<string, Threshold> {
  return Object.fromEntries(
    labels.actions.names.map((action, index) => [
      action,
      thresholdAt(bestPress(probabilities.column(index), labels.column(index))),
    ]),
  );
}

/**
 * Thresholds at which each action is held in as many of the frames as the person held it.
 *
 * @param probabilities of validation windows
 * @param labels of the frames they predict
 */
export function thresholdsByRate(probabilities: ProbabilityMatrix, labels: LabelMatrix): Record<string, Threshold> {
  const counts = labels.counts();
  return Object.fromEntries(
    labels.actions.names.map((action, index) => {
      const held = counts[index];
      if (held === 0) return [action, thresholdAt(NEVER_PRESS)];
      const falling = probabilities.column(index).sort().reverse();
      const press = Math.min(NEVER_PRESS, Math.max(LEAST_PRESS, falling[held - 1]));
      return [action, { press, release: press }]; // a lower release would hold it longer than the person did
    }),
  );
}

/** What is held at the press thresholds, without hysteresis, as single frames are scored. */
export function heldAt(probabilities: ProbabilityMatrix, thresholds: Readonly<Record<string, Threshold>>): LabelMatrix {
  const { actions, values } = probabilities;
  const presses = actions.names.map((action) => thresholds[action].press);
  return new LabelMatrix(
    actions,
    Uint8Array.from(values, (probability, i) => (probability >= presses[i % presses.length] ? 1 : 0)),
  );
}
