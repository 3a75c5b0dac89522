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
}

/** A gate that judges pictures: it is shown each tick's picture before it is asked. It cannot prevent the grab. */
export interface PictureGate extends Gate {
  /** @param frame the tick's, valid during the call; null where there is none, or only a stale one */
  see(frame: Frame | null): void;
}

/** The first closed gate's name and reason, or null when all are open. All are asked: some change state when asked. */
export function firstClosed(
  gates: readonly Gate[],
  tick: ScheduledTick | null,
): { readonly name: string; readonly reason: string } | null {
  let first: { readonly name: string; readonly reason: string } | null = null;
  for (const gate of gates) {
    const reason = gate.closedBecause(tick);
    if (reason !== null) first ??= { name: gate.name, reason };
  }
  return first;
}
