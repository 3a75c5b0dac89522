/** How fights are played for a score: plain data, so that it can be sent to another thread and printed. */
import type { PictureSize } from '../../arena/canvas.js';
import type { FightSummary, Level } from '../../arena/fight.js';
import type { Bundle } from '../../policy/bundle.js';
import type { Act } from '../../policy/act-gate.js';
import type { Thresholds } from '../../policy/thresholds.js';

/** Names the arena's fights in records: those of one name and seed are the same fight. */
export const arenaName = (level: string): string => `arena, ${level}`;

/** Arena seeds from here on are for scores only: training and tuning never use them. */
export const HELD_OUT_SEED = 1_000_000;

export interface FightSettings {
  readonly bundle: Bundle;
  /** Fight i, 0-based, has the seed `seed` + i. */
  readonly seed: number;
  readonly level: Level;
  /** Ticks a second; at most 25 % off the bundle's. */
  readonly rateHz: number;
  /** How much later than the loop sends them keys reach the game, ms, >= 0; the game sees them in steps of 1/60 s. */
  readonly delayMs: number;
  /** How probabilities become keys; null: what the bundle says. Draws have the fight's seed. */
  readonly act: Act | null;
  /** When a decision is applied; null: what the bundle says. */
  readonly apply: 'next-tick' | 'at-once' | null;
  /** Replace the bundle's, action by action. */
  readonly thresholds: Thresholds;
  /** Of the pictures before preprocessing, px: another one than 640x360 imitates another window, antialiased again. */
  readonly size: PictureSize;
}

export interface PlayedFight extends FightSummary {
  /** Of the last state, 16 hexadecimal digits: two fights with the same hash went the same way. */
  readonly stateHash: string;
}
