/** What a tick says about a game: whether a fight is on, how the last one ended, and what its meters show. Types only. */
import type { Frame } from '../core/frame.js';
import type { CueName } from './game-file-schema.js';

/** How a fight ended; `ended` where neither `won` nor `lost` was seen. */
export type FightOutcome = 'won' | 'lost' | 'ended';

/** The correlation of each cue of the game with what is seen, -1 to 1. */
export type CueScores = Readonly<Partial<Record<CueName, number>>>;

/**
 * Something that happened. `began` and `closed` bound the play of a fight; `ended` follows `closed`, in the same tick or
 * up to three seconds later, when the outcome is known. A fight has each exactly once, in this order.
 */
export type FightEdge =
  | { readonly edge: 'began'; /** Of the first picture that shows it. */ readonly atMs: number }
  | { readonly edge: 'closed'; /** Of the first picture without it. */ readonly atMs: number }
  | {
      readonly edge: 'ended';
      /** Of `closed`, not of the picture that told the outcome. */
      readonly atMs: number;
      readonly beganAtMs: number;
      readonly outcome: FightOutcome;
      /** True where `won` and `lost` were seen at once; the better match decided. */
      readonly disputed: boolean;
    };

/** The picture of one tick. */
export type GamePicture = Pick<Frame, 'width' | 'height' | 'pixels' | 'capturedAtMs'>;

export interface GameState {
  /** Whether a fight is on; null where the game has no cue that says so. */
  readonly fighting: boolean | null;
  /** How the last fight ended; null before the first end, and while a fight is on. */
  readonly outcome: FightOutcome | null;
  /** What happened with this picture, in order; mostly empty. Times are `capturedAtMs` of pictures. */
  readonly edges: readonly FightEdge[];
  readonly scores: CueScores;
  /** By name: a bar's fill, 0 to 1, or a number; null where it cannot be read. */
  readonly meters: Readonly<Record<string, number | null>>;
  /** The last value of each meter that was read in the fight that is on, or in the last one; null where none was. */
  readonly fightMeters: Readonly<Record<string, number | null>>;
  /** The same of the fight that an `ended` edge of this picture is about, also where the next one began with it. */
  readonly endedMeters: Readonly<Record<string, number | null>>;
}
