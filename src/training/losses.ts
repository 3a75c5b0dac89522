/** The study's losses, on an engine. Each gives one number for a batch, from labels and outputs alone. */
import type { Engine, Scalar, Tensor, Tensor1D, Tensor2D } from './engine.js';

/**
 * How sample weights act.
 * - `per-sample`: each sample's loss is multiplied by its weight, then averaged over the batch (what the study's text
 *   says, and what Keras does with its own losses).
 * - `batch-wide`: the batch's mean loss is multiplied by the mean weight: what Keras does with a loss that returns one
 *   number, as the study's focal loss did.
 */
export type WeightSemantics = 'per-sample' | 'batch-wide';

/** Binary cross-entropy, or sigmoid focal loss (Lin et al., 2017) as in the write-up. */
export type LossSpec =
  { readonly kind: 'bce' } | { readonly kind: 'focal'; readonly gamma: number; readonly alpha: number };

/** Keras' epsilon: probabilities are clipped to [1e-7, 1 - 1e-7]. */
const EPSILON = 1e-7;

/**
 * Loss of each sample, [B]: cross-entropy is the mean over the K actions (Keras), focal loss their sum (write-up, 5.1).
 *
 * @param labels [B, K], 0 or 1
 * @param probabilities [B, K]
 */
export function sampleLosses(engine: Engine, loss: LossSpec, labels: Tensor2D, probabilities: Tensor2D): Tensor1D {
  const { tf } = engine;
  const p = tf.clipByValue(probabilities, EPSILON, 1 - EPSILON);
  const ofTruth = tf.where(tf.equal(labels, 1), p, tf.sub(1, p));
  if (loss.kind === 'bce') {
    // Keras' own formula; it would also be right for labels between 0 and 1
    const positive = tf.mul(labels, tf.log(p));
    const negative = tf.mul(tf.sub(1, labels), tf.log(tf.sub(1, p)));
    return tf.neg(tf.mean(tf.add(positive, negative), 1));
  }
  const factor = tf.where(
    tf.equal(labels, 1),
    tf.fill(labels.shape, loss.alpha),
    tf.fill(labels.shape, 1 - loss.alpha),
  );
  const modulating = tf.pow(tf.sub(1, ofTruth), loss.gamma);
  return tf.sum(tf.neg(tf.mul(tf.mul(factor, modulating), tf.log(ofTruth))), 1);
}

/** The batch's loss with sample weights [B]; null gives every sample the weight 1. */
export function weightedLoss(
  engine: Engine,
  perSample: Tensor1D,
  weights: Tensor1D | null,
  semantics: WeightSemantics,
): Scalar {
  const { tf } = engine;
  if (weights === null) return tf.mean(perSample);
  if (semantics === 'batch-wide') return tf.mul(tf.mean(perSample), tf.mean(weights));
  return tf.mean(tf.mul(perSample, weights));
}

/** Mean squared error over everything: the autoencoders' loss. */
export function meanSquaredError(engine: Engine, target: Tensor, output: Tensor): Scalar {
  return engine.tf.mean(engine.tf.squaredDifference(target, output));
}
