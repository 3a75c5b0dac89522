/** Times of key events, which the system stamps by a clock of its own, on performance.now()'s clock. */

import { monotonicMs } from '../core/clock.js';

/** A server clock that is farther from this machine's than this, ms, is another machine's: arrival counts instead. */
const CLOCKS_AGREE_WITHIN_MS = 2000;

/**
 * A server time on performance.now()'s clock. X servers stamp with the machine's monotonic clock in 32 bits of ms
 * (X.Org, GetTimeInMillis); one that does not is on another machine, and arrival stands in.
 */
export function onOurClock(
  serverTimeMs: number,
  nowMs: number = performance.now(),
  machineMs: number = monotonicMs(),
): number {
  const wrap = 2 ** 32;
  // how long ago, on a clock that wraps: the nearest reading, past or (by rounding) future
  let agoMs = (machineMs - serverTimeMs) % wrap;
  if (agoMs > wrap / 2) agoMs -= wrap;
  if (agoMs < -wrap / 2) agoMs += wrap;
  return Math.abs(agoMs) > CLOCKS_AGREE_WITHIN_MS ? nowMs : nowMs - Math.max(0, agoMs);
}

/**
 * Times of events in the order in which they came: never back. Two clocks cannot be read at the same instant, so that a
 * press and a release in one millisecond of the server's could otherwise change places when they are sorted.
 */
export class ForwardTimes {
  #lastMs = Number.NEGATIVE_INFINITY;

  /** {@link onOurClock}, and at least what was answered last. */
  of(serverTimeMs: number, nowMs?: number, machineMs?: number): number {
    this.#lastMs = Math.max(this.#lastMs, onOurClock(serverTimeMs, nowMs, machineMs));
    return this.#lastMs;
  }
}
