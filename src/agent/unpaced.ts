/**
 * A schedule without pauses: each tick follows the last one at once. For comparing the work of a tick with loops that
 * do not pace themselves; an agent that plays follows a {@link Cadence}.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '../core/clock.js';
import type { Schedule, ScheduledTick } from '../core/cadence.js';

export class Unpaced implements Schedule {
  readonly #clock: Clock;
  #tick = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Due at the moment of the call: no tick is ever missed or late. */
  async next(signal: AbortSignal): Promise<ScheduledTick | null> {
    await nextTurn(); // signals, sockets and pipes get their turn too
    if (signal.aborted) return null;
    const tick = this.#tick;
    this.#tick += 1;
    return { tick, deadlineMs: this.#clock.nowMs(), latenessMs: 0, missedBefore: 0 };
  }
}
