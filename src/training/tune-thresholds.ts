/**
 * Chooses each action's threshold on validation fights: the one with the best F1. Plain arithmetic, no engine, so
 * `model tune` does it alone.
 */
import { ACTIONS, ACTION_COUNT, type ActionName } from '../core/actions.js';
import { thresholdAt, type Threshold } from '../policy/thresholds.js';

/** An action that the human held in fewer validation frames keeps the default: its best F1 would be chance. */
const MIN_SUPPORT = 20;
const DEFAULT_PRESS = 0.5;
/** An action that never occurs is never worth pressing. */
const NEVER_PRESS = 0.95;
const CANDIDATES = Array.from({ length: 91 }, (_, i) => (5 + i) / 100);

function bestPress(probabilities: Float32Array, labels: Uint8Array, action: number): number {
  const rows = labels.length / ACTION_COUNT;
  let support = 0;
  for (let row = 0; row < rows; row += 1) support += labels[row * ACTION_COUNT + action] !== 0 ? 1 : 0;
  if (support === 0) return NEVER_PRESS;
  if (support < MIN_SUPPORT) return DEFAULT_PRESS;
  const scores = CANDIDATES.map((press) => {
    let hits = 0;
    let predicted = 0;
    for (let row = 0; row < rows; row += 1) {
      if (probabilities[row * ACTION_COUNT + action] < press) continue;
      predicted += 1;
      hits += labels[row * ACTION_COUNT + action] !== 0 ? 1 : 0;
    }
    return (2 * hits) / (predicted + support);
  });
  const best = Math.max(...scores);
  // the middle of the candidates that score best: the one least likely to be luck
  const winners = CANDIDATES.filter((_, index) => scores[index] > best - 1e-9);
  return winners[Math.floor(winners.length / 2)];
}

/**
 * Press and release thresholds.
 *
 * @param probabilities [n, K] of validation windows
 * @param labels [n, K] uint8 of the frames they predict
 */
export function tuneThresholds(probabilities: Float32Array, labels: Uint8Array): Record<ActionName, Threshold> {
  return Object.fromEntries(
    ACTIONS.map((action, index) => [action, thresholdAt(bestPress(probabilities, labels, index))]),
  );
}

/** What is held at the press thresholds, [n, K] uint8: hysteresis left out, as scores of single frames are. */
export function heldAt(probabilities: Float32Array, thresholds: Readonly<Record<ActionName, Threshold>>): Uint8Array {
  return Uint8Array.from(probabilities, (probability, i) =>
    probability >= thresholds[ACTIONS[i % ACTION_COUNT]].press ? 1 : 0,
  );
}
