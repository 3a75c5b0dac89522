/** A scripted player of a fight. It sees nothing but the state, and never changes it. */
import type { HeldActions } from '../../core/action-set.js';
import type { FightState } from '../fight.js';

export interface Player {
  /** What it holds in the coming step; called once for every step of 1/60 s, in sequence. */
  decide(state: Readonly<FightState>): HeldActions;
  /** Forgets the last fight and begins another random stream. Call it before each fight. */
  reset(seed: number): void;
}
