/** Generalised advantage estimation (J. Schulman et al., ICLR 2016) over whole fights. */

export interface Discounts {
  /** Of a reward one decision later, 0..1. */
  readonly gamma: number;
  /** Between the rewards that came (1) and the critic's word (0). */
  readonly lambda: number;
}

export interface Estimates {
  /** [m] how much better than expected a decision turned out. */
  readonly advantages: Float32Array;
  /** [m] what the critic should have said. */
  readonly returns: Float32Array;
}

/**
 * @param rewards [m] of one fight, to its end: nothing follows the last decision
 * @param values [m] what the critic expected at each decision
 */
export function estimate(rewards: Float32Array, values: Float32Array, { gamma, lambda }: Discounts): Estimates {
  const advantages = new Float32Array(rewards.length);
  let ahead = 0;
  for (let step = rewards.length - 1; step >= 0; step -= 1) {
    const next = step + 1 < rewards.length ? values[step + 1] : 0;
    ahead = rewards[step] + gamma * next - values[step] + gamma * lambda * ahead;
    advantages[step] = ahead;
  }
  return { advantages, returns: advantages.map((advantage, step) => advantage + values[step]) };
}
