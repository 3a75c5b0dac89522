/** Predictions that need no model, on the same frames as a model's: the floor that its score is compared with. */
import type { ActionSet } from '../core/action-set.js';
import { LabelMatrix } from '../core/label-matrix.js';

/** In the order in which they are shown. */
export const BASELINES = ['majority', 'copyLast', 'alwaysShoot'] as const;
export type BaselineName = (typeof BASELINES)[number];

/**
 * - `majority`: each action is always held where the human holds it in more than half of these frames, else never.
 * - `copyLast`: what the human held at the last frame that a model could look at. It has every press, late by the
 *   horizon: read its onset scores together with its lag.
 * - `alwaysShoot`: the action that {@link mostHeld} names, always held. Documents keep the study's name for it.
 *
 * @param labels what was held
 * @param before what was held at the last frame seen before each of them
 */
export function baselinePredictions(
  labels: LabelMatrix,
  before: LabelMatrix,
): Readonly<Record<BaselineName, LabelMatrix>> {
  const { actions, count } = labels;
  const held = labels.counts();
  const majority = actions.names.reduce(
    (bits, _, action) => (held[action] > count / 2 ? bits | (1 << action) : bits),
    0,
  );
  const always = actions.bit(mostHeld(actions, (action) => held[actions.indexOf(action)]));
  return {
    majority: LabelMatrix.fromHeld(actions, new Uint32Array(count).fill(majority)),
    copyLast: before,
    alwaysShoot: LabelMatrix.fromHeld(actions, new Uint32Array(count).fill(always)),
  };
}

/**
 * The set's usual action (SHOOT in the study); without one, the action that is held most here, of equals the first.
 *
 * @param framesOf frames at which an action is held
 */
export function mostHeld({ names, usual }: ActionSet, framesOf: (action: string) => number): string {
  if (usual !== null) return names[usual];
  return names.reduce((most, action) => (framesOf(action) > framesOf(most) ? action : most));
}
