/**
 * The seven actions and the set of them that is held.
 *
 * A held set is a small integer, one bit an action, so that a tick allocates nothing to compare or copy it.
 * Nothing here knows keys: an action becomes a key in src/keyboard.
 */

import { isHeld, NONE_HELD, type HeldActions } from './action-set.js';
import { STUDY_NAMES, type StudyAction } from './study-actions.js';

export { isHeld, NONE_HELD, type HeldActions };

/** The study's actions in the order of its labels and of a model's outputs (write-up, Appendix A: ACTION_ORDER). */
export const ACTIONS = STUDY_NAMES;

/** K, the number of actions. */
export const ACTION_COUNT = ACTIONS.length;

export type ActionName = StudyAction;

/** The bit of one action. */
export function actionBit(action: ActionName): HeldActions {
  return 1 << ACTIONS.indexOf(action);
}

/** The set that holds exactly the given actions. */
export function holding(...actions: readonly ActionName[]): HeldActions {
  return actions.reduce((held, action) => held | actionBit(action), NONE_HELD);
}

/** Names of the held actions, in the order of {@link ACTIONS}. */
export function heldNames(held: HeldActions): ActionName[] {
  return ACTIONS.filter((_, index) => isHeld(held, index));
}

/** True where `text` names an action. */
export function isActionName(text: string): text is ActionName {
  return (ACTIONS as readonly string[]).includes(text);
}
