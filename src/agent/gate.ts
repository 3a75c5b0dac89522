/**
 * What may forbid the agent to act. A gate is asked at the start of each tick and answers at once, from what it
 * already knows. Gates prevent presses only: a release of a key never asks one.
 */
import type { Frame } from '../core/frame.js';
import type { ScheduledTick } from '../core/cadence.js';

export interface Gate {
  /** One word for logs: `focus`. */
  readonly name: string;
  /**
   * Why the agent may not act now, for people; null while it may.
   *
   * @param tick the tick that begins; null when the gate is asked again within a tick
   */
  closedBecause(tick: ScheduledTick | null): string | null;
  /**
   * True where pictures that come while it is closed may lack some or not show the game: they stay out of the latent
   * window, which is then empty when it opens. Default false: only keys are forbidden, the pictures are true.
   */
  readonly blind?: boolean;
}

/** A gate that judges pictures: it is shown each tick's picture before it is asked. It cannot prevent the grab. */
export interface PictureGate extends Gate {
  /** As of a {@link Gate}: whether the picture that it was last shown stays out of the latent window while it is closed. */
  readonly blind: boolean;
  /** @param frame the tick's, valid during the call; null where there is none, or only a stale one */
  see(frame: Frame | null): void;
}

/** Why the agent may not act. */
export interface Closed {
  /** The first closed gate's name and reason: "focus: the game window does not have it". */
  readonly text: string;
  /** True where any closed gate is blind. */
  readonly blind: boolean;
}

/** The closed gates, or null when all are open. All are asked: some change state when asked. */
export function firstClosed(gates: readonly Gate[], tick: ScheduledTick | null): Closed | null {
  let text: string | null = null;
  let blind = false;
  for (const gate of gates) {
    const reason = gate.closedBecause(tick);
    if (reason === null) continue;
    text ??= `${gate.name}: ${reason}`;
    blind ||= gate.blind ?? false;
  }
  return text === null ? null : { text, blind };
}
