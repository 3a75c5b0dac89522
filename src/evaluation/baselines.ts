/** What costs nothing to predict, on the same frames as a model: the floor that a score must be read against. */
import { ACTIONS, ACTION_COUNT } from '../core/actions.js';

/** In the order in which they are shown. */
export const BASELINES = ['majority', 'copyLast', 'alwaysShoot'] as const;
export type BaselineName = (typeof BASELINES)[number];

/**
 * - `majority`: each action held for ever where the human holds it in more than half of these very frames, else never.
 * - `copyLast`: what the human held at the last frame that a model could look at. Its presses are all there, late by
 *   the horizon: read its onset scores beside its lag.
 * - `alwaysShoot`: SHOOT for ever.
 *
 * @param labels uint8 [n, K]: what was held
 * @param before uint8 [n, K]: what was held at the last frame seen before each of them
 * @returns uint8 [n, K] each
 */
export function baselinePredictions(
  labels: Uint8Array,
  before: Uint8Array,
): Readonly<Record<BaselineName, Uint8Array>> {
  const frames = labels.length / ACTION_COUNT;
  const held = new Uint32Array(ACTION_COUNT);
  labels.forEach((value, i) => (held[i % ACTION_COUNT] += value === 0 ? 0 : 1));
  const filled = (isHeld: (action: number) => boolean): Uint8Array =>
    labels.map((_, i) => (isHeld(i % ACTION_COUNT) ? 1 : 0));
  const shoot = ACTIONS.indexOf('SHOOT');
  return {
    majority: filled((action) => held[action] > frames / 2),
    copyLast: before.map((value) => (value === 0 ? 0 : 1)),
    alwaysShoot: filled((action) => action === shoot),
  };
}
