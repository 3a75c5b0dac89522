/**
 * A game that can be stepped: it stands still between two calls, and the same seed and keys give the same fight. To add one,
 * write a program and name it in a game file (docs/stepped-games.md); or, within this program, implement {@link SteppedRules}
 * as `games/arena.ts` does, and name it in `games/index.ts`.
 */
import type { ActionSet, HeldActions } from '../core/action-set.js';
import type { Frame } from '../core/frame.js';
import type { Crop, PreprocessingContract } from '../vision/preprocessing-contract.js';

/** What a game shows: BGRA, 4 bytes a pixel; the game's own buffer, valid until its next call. */
export type Picture = Pick<Frame, 'width' | 'height' | 'pixels'>;

/** An instant of a fight. */
export interface Seen {
  readonly picture: Picture;
  /** What the game's own demonstrator would hold from this picture on; null where it has none, or is not asked. */
  readonly demonstrator: HeldActions | null;
}

/** What one period of a game came to. */
export interface Stepped extends Seen {
  /** How often each event of the game's `events` happened in it, or how much of it there was; absent ones did not. */
  readonly events: Readonly<Record<string, number>>;
  /** How the fight ended: `won`, or another word of the game; null until then. */
  readonly outcome: string | null;
}

/** One fight at a time. */
export interface SteppedGame extends AsyncDisposable {
  /** Ids of the processes that it started; each leads a group of its own. */
  readonly processes: readonly number[];
  /** Begins the fight of this seed, nothing held. @returns its first instant */
  reset(seed: number): Promise<Seen>;
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

/** `judgedBy` of a game in which the fights that are won are counted. */
export const BY_WINS = 'wins';

/** A game with its rules, from which fights are opened. */
export interface SteppedRules {
  /** With its level: "arena, hard". Fights of one name and seed are the same fights. */
  readonly name: string;
  /** Names of the games that its fights are of, where they are of several: "arena, hard" and "arena, normal". */
  readonly fightsOf: readonly string[];
  readonly actions: ActionSet;
  /** What a model must have been trained on: the game by this name, and this part of its pictures. Null: whatever it says. */
  readonly trainedOn: { readonly game: string; readonly crop: Crop } | null;
  readonly events: Readonly<Record<string, RewardedEvent>>;
  /** What tells the better of two agents: {@link BY_WINS}, or the event of which a fight should have more. */
  readonly judgedBy: string;
  /** Fights at a time on one thread, at most. */
  readonly mostAtATime: number;
  /**
   * @param rateHz periods a second
   * @param contract how its pictures are prepared for the model: a game that draws may leave out what is not looked at
   * @param asked withDemonstrator: its demonstrator is asked too; default false
   */
  open(
    rateHz: number,
    contract: PreprocessingContract,
    asked?: { readonly withDemonstrator?: boolean },
  ): Promise<SteppedGame>;
}

/** How well a fight was played, by what judges the game's agents. */
export function valueOf(
  { judgedBy }: Pick<SteppedRules, 'judgedBy'>,
  fight: { readonly outcome: string; readonly events: Readonly<Record<string, number>> },
): number {
  return judgedBy === BY_WINS ? Number(fight.outcome === 'won') : (fight.events[judgedBy] ?? 0);
}

/** Adds what happened in a period to the sums of a fight, in place. */
export function addEvents(totals: Record<string, number>, events: Stepped['events']): void {
  for (const [name, count] of Object.entries(events)) totals[name] = (totals[name] ?? 0) + count;
}

/** An outcome as scores and sessions know it: other words of a game, as its `timeout`, say that the fight just ended. */
export const knownOutcome = (outcome: string): 'won' | 'lost' | 'ended' =>
  outcome === 'won' || outcome === 'lost' ? outcome : 'ended';
