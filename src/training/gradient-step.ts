/** One optimizer step: loss, gradients, update. Disposes every tensor that it makes. */
import type { Engine, Scalar, Tensor } from './engine.js';
import type { Parameters } from './parameters.js';

export interface StepSize {
  readonly learningRate: number;
  /** Gradients whose norm over all weights is above this are scaled down to it; null leaves them. */
  readonly clipNorm: number | null;
}

/** Keras' default of Adam. */
const KERAS_STEP: StepSize = { learningRate: 1e-3, clipNorm: null };

/**
 * Makes one Adam step on the loss that `lossOf` computes from the current weights.
 *
 * @returns the loss before the step. Where it is not finite, the weights are unchanged.
 */
export function gradientStep(
  engine: Engine,
  parameters: Parameters,
  lossOf: (weights: readonly Tensor[]) => Scalar,
  { learningRate, clipNorm }: StepSize = KERAS_STEP,
): number {
  const { tf } = engine;
  const { value, grads } = tf.tidy(() =>
    parameters.withWeights((weights) => tf.valueAndGrads((...args: Tensor[]) => lossOf(args))(weights)),
  );
  const loss = value.dataSync()[0];
  value.dispose();
  if (!Number.isFinite(loss)) for (const gradient of grads) gradient.dispose();
  else parameters.applyGradients(clipNorm === null ? grads : clipped(engine, grads, clipNorm), learningRate);
  return loss;
}

/** The gradients, scaled so that their norm is at most `most` (R. Pascanu et al., 2013). */
function clipped(engine: Engine, gradients: readonly Tensor[], most: number): readonly Tensor[] {
  const { tf } = engine;
  const squares = tf.tidy(() => tf.addN(gradients.map((gradient) => tf.sum(tf.square(gradient)))).dataSync()[0]);
  const norm = Math.sqrt(squares);
  if (norm <= most) return gradients;
  return gradients.map((gradient) => {
    const scaled = tf.tidy(() => tf.mul(gradient, most / norm));
    gradient.dispose();
    return scaled;
  });
}
