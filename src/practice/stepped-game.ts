/**
 * What a game must offer for an agent to practise in it: it stands still between two calls, and the same seed and keys give
 * the same fight. To add a game, write one file that implements {@link PracticeGame} (`games/arena.ts` is the first) and name
 * it in `games/index.ts`.
 */
import type { ActionSet, HeldActions } from '../core/action-set.js';
import type { Frame } from '../core/frame.js';
import type { PreprocessingContract } from '../vision/preprocessing-contract.js';

/** What a game shows: BGRA, 4 bytes a pixel; the game's own buffer, valid until its next call. */
export type Picture = Pick<Frame, 'width' | 'height' | 'pixels'>;

/** What one period of a game came to. */
export interface Stepped {
  /** After it. */
  readonly picture: Picture;
  /** How often each event of the game's `events` happened in it, or how much of it there was; absent ones did not. */
  readonly events: Readonly<Record<string, number>>;
  /** How the fight ended: `won`, or another word of the game; null until then. */
  readonly outcome: string | null;
}

/** One fight at a time. */
export interface SteppedGame extends AsyncDisposable {
  /** Begins the fight of this seed, nothing held. @returns its first picture */
  reset(seed: number): Promise<Picture>;
  /** Holds these actions for one period from now on. Not called after an outcome. */
  step(held: HeldActions): Promise<Stepped>;
}

/** An event that may be rewarded. */
export interface RewardedEvent {
  /** What is counted, with its unit. */
  readonly says: string;
  /** Reward of one, where the user does not say another. */
  readonly reward: number;
}

/** A game with its rules, from which fights are opened. */
export interface PracticeGame {
  /** With its level: "arena, hard". Fights of one name and seed are the same fights. */
  readonly name: string;
  readonly actions: ActionSet;
  readonly events: Readonly<Record<string, RewardedEvent>>;
  /**
   * @param rateHz periods a second
   * @param contract how its pictures are prepared for the model: a game that draws may leave out what is not looked at
   */
  open(rateHz: number, contract: PreprocessingContract): Promise<SteppedGame>;
}
