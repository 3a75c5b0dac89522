/** Who may hold the keys of a fight. A scripted player sees the state and nothing else, and never changes it. */
import type { HeldActions } from '../../core/action-set.js';
import type { FightState } from '../fight.js';

export interface Player {
  /** What it holds in the coming step; called once for every step of 1/60 s, in order. */
  decide(state: Readonly<FightState>): HeldActions;
  /** Forgets the last fight and begins another stream of chance. Call it before each fight. */
  reset(seed: number): void;
}
