/**
 * The actions of the arena's game: those of the study, by name. Only the arena may name a jump or a dash; the keys with
 * which its page is probed are named here too.
 */
import type { HeldActions } from '../core/action-set.js';
import { STUDY_ACTIONS, type StudyAction } from '../core/study-actions.js';

export const ARENA_ACTIONS = STUDY_ACTIONS;

export type ArenaAction = StudyAction;

/** The bit of one action. */
export function actionBit(action: ArenaAction): HeldActions {
  return ARENA_ACTIONS.bit(action);
}

/** The study's player holds it in 60 of 9,549 frames: an untrained model does not press it. */
export const SELDOM_HELD: readonly ArenaAction[] = ['DOWN'];

/** Flips the colour of the flash page: its key is the space bar. */
export const FLASH_TURNED_BY: ArenaAction = 'JUMP';

/** Answers a flash: the page records its key and does nothing else. */
export const FLASH_ANSWERED_BY: ArenaAction = 'SHOOT';
