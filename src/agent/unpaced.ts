/**
 * A schedule without pauses: a tick follows the last at once. For comparing the work of a tick with loops that do not
 * pace themselves; an agent that plays keeps to a {@link Cadence}.
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

  /** Due now, whenever that is: nothing is ever missed or begun too late. */
  async next(signal: AbortSignal): Promise<ScheduledTick | null> {
    await nextTurn(); // signals, sockets and pipes get their turn too
    if (signal.aborted) return null;
    const tick = this.#tick;
    this.#tick += 1;
    return { tick, deadlineMs: this.#clock.nowMs(), latenessMs: 0, missedBefore: 0 };
  }
}
