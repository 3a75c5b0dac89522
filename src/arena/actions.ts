/**
 * The actions of the arena's own game: those of the study, by name. Only the arena may speak of a jump or a dash; the
 * page that is probed with single keys says here which ones.
 */
import type { HeldActions } from '../core/action-set.js';
import { STUDY_ACTIONS, type StudyAction } from '../core/study-actions.js';

export const ARENA_ACTIONS = STUDY_ACTIONS;

export type ArenaAction = StudyAction;

/** The bit of one action. */
export function actionBit(action: ArenaAction): HeldActions {
  return ARENA_ACTIONS.bit(action);
}

/** The study's player holds it in 60 of 9,549 frames: an untrained model leaves it alone. */
export const SELDOM_HELD: readonly ArenaAction[] = ['DOWN'];

/** Turns the flash page over: its key is the space bar. */
export const FLASH_TURNED_BY: ArenaAction = 'JUMP';

/** Answers a flash: the page lists its key, and does nothing at it. */
export const FLASH_ANSWERED_BY: ArenaAction = 'SHOOT';
