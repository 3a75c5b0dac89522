/** What other thresholds would have scored: precision, recall and F1 of one action over every threshold. */
import type { LabelMatrix } from '../core/label-matrix.js';
import type { ProbabilityMatrix } from '../core/probability-matrix.js';

/** Thresholds of a curve: 0.01, 0.02, ... 0.99. */
export const CURVE_THRESHOLDS: readonly number[] = Array.from({ length: 99 }, (_, i) => (i + 1) / 100);

export interface CurvePoint {
  /** Held at this probability or above. */
  readonly threshold: number;
  /** Null where nothing is predicted. */
  readonly precision: number | null;
  readonly recall: number;
  readonly f1: number;
}

export interface ActionCurve {
  readonly support: number;
  /** By {@link CURVE_THRESHOLDS}; empty where the human never held the action. */
  readonly points: readonly CurvePoint[];
  /** Mean precision over the steps of recall (scikit-learn's `average_precision_score`); null without support. */
  readonly averagePrecision: number | null;
  /** The point with the best F1; null without support. */
  readonly best: CurvePoint | null;
}

/**
 * The curves of all actions, frame by frame: without hysteresis and without the rules for opposing keys, since neither
 * belongs to a single threshold.
 *
 * @param probabilities of the frames of `labels`
 */
export function thresholdCurves(labels: LabelMatrix, probabilities: ProbabilityMatrix): Record<string, ActionCurve> {
  const curves = labels.actions.names.map((action, index) => [action, curveOf(labels, probabilities, index)] as const);
  return Object.fromEntries(curves);
}

function curveOf(labels: LabelMatrix, matrix: ProbabilityMatrix, action: number): ActionCurve {
  const isHeld = labels.column(action);
  const probabilities = matrix.column(action);
  const rows = [...isHeld.keys()].sort((a, b) => probabilities[b] - probabilities[a]);
  const support = rows.reduce((sum, row) => sum + (isHeld[row] === 0 ? 0 : 1), 0);
  if (support === 0) return { support, points: [], averagePrecision: null, best: null };
  const points: CurvePoint[] = [];
  let [predicted, hits] = [0, 0];
  for (const threshold of [...CURVE_THRESHOLDS].reverse()) {
    while (predicted < rows.length && probabilities[rows[predicted]] >= threshold) {
      if (isHeld[rows[predicted]] !== 0) hits += 1;
      predicted += 1;
    }
    points.push({
      threshold,
      precision: predicted === 0 ? null : hits / predicted,
      recall: hits / support,
      f1: (2 * hits) / (predicted + support),
    });
  }
  points.reverse();
  const best = points.reduce((top, point) => (point.f1 > top.f1 ? point : top));
  return { support, points, averagePrecision: averagePrecision(rows, isHeld, probabilities, support), best };
}

/** Frames of equal probability count as one step. */
function averagePrecision(
  rows: readonly number[],
  isHeld: Uint8Array,
  probabilities: Float32Array,
  support: number,
): number {
  let [sum, hits, seen] = [0, 0, 0];
  while (seen < rows.length) {
    const before = hits;
    const probability = probabilities[rows[seen]];
    while (seen < rows.length && probabilities[rows[seen]] === probability) {
      if (isHeld[rows[seen]] !== 0) hits += 1;
      seen += 1;
    }
    sum += ((hits - before) / support) * (hits / seen);
  }
  return sum;
}
