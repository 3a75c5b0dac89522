/** What a game's cues and meters have said so far, for those who log and show it. */

/** Values of a game's meters by their names in the game file: a bar's fill, 0 to 1, or a number; null: not readable. */
export type MeterValues = Readonly<Record<string, number | null>>;

export interface SeenGame {
  /** Fights that have ended, by their outcome; null where no cue tells when one is on. */
  readonly outcomes: Readonly<Record<'won' | 'lost' | 'ended', number>> | null;
  /** Of the newest picture; empty before the first. */
  readonly meters: MeterValues;
}

/** The outcomes before the first fight has ended. */
export const NO_FIGHTS: NonNullable<SeenGame['outcomes']> = { won: 0, lost: 0, ended: 0 };
