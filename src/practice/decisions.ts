/** The decisions of an update as plain arrays: fights joined, their estimates, and rows picked from them. */
import { estimate, type Discounts, type Estimates } from './advantages.js';
import type { FightSteps } from '../stepped/play-fights.js';

/**
 * @param length T, pictures of a window
 * @returns [N, D] latents of all fights; [M] row of each decision's oldest latent; [M, K] what was drawn, 0 or 1
 */
export function joinFights(
  fights: readonly FightSteps[],
  { length, latentSize, actions }: { readonly length: number; readonly latentSize: number; readonly actions: number },
): { readonly latents: Float32Array; readonly first: Int32Array; readonly drawn: Float32Array } {
  const decisions = fights.reduce((sum, { drawn }) => sum + drawn.length, 0);
  const first = new Int32Array(decisions);
  const drawn = new Float32Array(decisions * actions);
  let [row, decision] = [0, 0];
  for (const fight of fights) {
    const pictures = fight.latents.length / latentSize;
    for (const [step, bits] of fight.drawn.entries()) {
      // the decision's own picture is the last of its window
      first[decision] = row + pictures - fight.drawn.length + step - (length - 1);
      for (let action = 0; action < actions; action += 1) drawn[decision * actions + action] = (bits >> action) & 1;
      decision += 1;
    }
    row += pictures;
  }
  return { latents: joinArrays(fights.map(({ latents }) => latents)), first, drawn };
}

/** Fight by fight: values of one do not reach into another. */
export function estimateAll(fights: readonly FightSteps[], values: Float32Array, discounts: Discounts): Estimates {
  let at = 0;
  const each = fights.map(({ rewards }) => {
    at += rewards.length;
    return estimate(rewards, values.subarray(at - rewards.length, at), discounts);
  });
  return {
    advantages: joinArrays(each.map(({ advantages }) => advantages)),
    returns: joinArrays(each.map(({ returns }) => returns)),
  };
}

export function joinArrays(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function moments(values: Float32Array): { readonly mean: number; readonly variance: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return { mean, variance: values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length };
}

/** To mean 0 and variance 1. */
export function normalised(values: Float32Array): Float32Array {
  const { mean, variance } = moments(values);
  return values.map((value) => (value - mean) / (Math.sqrt(variance) + 1e-8));
}

/** Share of the returns' variance that the values explain, at most 1; 0 where the returns do not vary. */
export function explainedBy(values: Float32Array, returns: Float32Array): number {
  const { variance } = moments(returns);
  return variance === 0 ? 0 : 1 - moments(returns.map((value, row) => value - values[row])).variance / variance;
}

/** The values of these rows. */
export function pick<A extends Float32Array | Int32Array>(values: A, rows: Int32Array): A {
  const picked = new (values.constructor as new (length: number) => A)(rows.length);
  for (const [at, row] of rows.entries()) picked[at] = values[row];
  return picked;
}

/** The same of rows that are `width` long. */
export function pickRows(values: Float32Array, rows: Int32Array, width: number): Float32Array {
  const picked = new Float32Array(rows.length * width);
  for (const [at, row] of rows.entries()) picked.set(values.subarray(row * width, (row + 1) * width), at * width);
  return picked;
}
