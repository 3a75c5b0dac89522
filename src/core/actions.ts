/** The study's actions under their earlier names, for the rooms that do not take a set yet. Goes away with them. */
import { isHeld, NONE_HELD, type HeldActions } from './action-set.js';
import { STUDY_ACTIONS } from './study-actions.js';

export { isHeld, NONE_HELD, type HeldActions };

/** The study's actions in the order of its labels and of a model's outputs (write-up, Appendix A: ACTION_ORDER). */
export const ACTIONS: readonly string[] = STUDY_ACTIONS.names;

/** K, the number of actions. */
export const ACTION_COUNT = ACTIONS.length;

export type ActionName = string;

/** The bit of one action. */
export function actionBit(action: string): HeldActions {
  return STUDY_ACTIONS.bit(action);
}

/** The set that holds exactly the given actions. */
export function holding(...actions: readonly string[]): HeldActions {
  return STUDY_ACTIONS.holding(...actions);
}

/** Names of the held actions, in the order of {@link ACTIONS}. */
export function heldNames(held: HeldActions): string[] {
  return STUDY_ACTIONS.heldNames(held);
}
