/**
 * After a stall the agent starts again: its held keys and its latent window predate the stall. Closed for the one tick
 * that follows a gap in the schedule longer than the lease, so that the window is filled again at the rate of its
 * training. (Single late ticks are handled by the loop: their decisions are not applied.)
 */
import type { ScheduledTick } from '../../core/cadence.js';
import type { Gate } from '../gate.js';

export class StallGate implements Gate {
  readonly name = 'late';
  /** No picture was taken during the stall. */
  readonly blind = true;
  readonly #periodMs: number;
  readonly #withinMs: number;

  /** @param periodMs of the loop @param withinMs the lease: the key guard has released all keys by then */
  constructor(periodMs: number, withinMs: number) {
    this.#periodMs = periodMs;
    this.#withinMs = withinMs;
  }

  closedBecause(tick: ScheduledTick | null): string | null {
    if (tick === null) return null;
    const gapMs = (tick.missedBefore + 1) * this.#periodMs + tick.latenessMs;
    if (tick.missedBefore === 0 || gapMs <= this.#withinMs) return null;
    return `${tick.missedBefore} ticks were missed: it starts with an empty window`;
  }
}
