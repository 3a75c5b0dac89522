/** Who played, in a recording of the agent's play: the values in its event log. */

export const PLAYED_BY = ['agent', 'human'] as const;

/** Who pressed a key, or who plays. */
export type PlayedBy = (typeof PLAYED_BY)[number];

/** From `t` on `source` plays; `nobody` while the agent is paused, disarmed or panicked. */
export interface ControlChange {
  /** Unix seconds. */
  readonly t: number;
  readonly source: PlayedBy | 'nobody';
}

/** The `source` of a log line; null for anything that is not in {@link PLAYED_BY}. */
export function readPlayedBy(value: unknown): PlayedBy | null {
  return PLAYED_BY.find((one) => one === value) ?? null;
}
