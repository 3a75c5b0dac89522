/** One optimizer step: loss, gradients, update. Disposes every tensor that it makes. */
import type { Engine, Scalar, Tensor } from './engine.js';
import type { Parameters } from './parameters.js';

/**
 * Makes one Adam step on the loss that `lossOf` computes from the current weights.
 *
 * @returns the loss before the step. Where it is not finite, the weights are unchanged.
 */
export function gradientStep(
  engine: Engine,
  parameters: Parameters,
  lossOf: (weights: readonly Tensor[]) => Scalar,
): number {
  const { tf } = engine;
  const { value, grads } = tf.tidy(() =>
    parameters.withWeights((weights) => tf.valueAndGrads((...args: Tensor[]) => lossOf(args))(weights)),
  );
  const loss = value.dataSync()[0];
  value.dispose();
  if (Number.isFinite(loss)) parameters.applyGradients(grads);
  else for (const gradient of grads) gradient.dispose();
  return loss;
}
