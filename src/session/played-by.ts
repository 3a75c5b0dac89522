/** Who played, in a recording of the agent's play: the words of its event log. */

export const PLAYED_BY = ['agent', 'human'] as const;

/** Whose hand pressed a key, or plays. */
export type PlayedBy = (typeof PLAYED_BY)[number];

/** From `t` on this one plays; `nobody` while the agent is paused, disarmed or panicked. */
export interface ControlChange {
  /** Unix seconds. */
  readonly t: number;
  readonly source: PlayedBy | 'nobody';
}

/** A line's `source`; null for anything else than one of {@link PLAYED_BY}. */
export function readPlayedBy(value: unknown): PlayedBy | null {
  return PLAYED_BY.find((one) => one === value) ?? null;
}
