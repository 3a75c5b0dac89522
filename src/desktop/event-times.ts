/** Converts times of key events from the clock of the system that stamps them to performance.now()'s clock. */

import { monotonicMs } from '../core/clock.js';

/** A server clock that differs from this machine's by more than this, ms, is on another machine: the arrival time is used. */
const CLOCKS_AGREE_WITHIN_MS = 2000;

/**
 * A server time on performance.now()'s clock. X servers stamp events with the machine's monotonic clock in 32 bits of
 * ms (X.Org, GetTimeInMillis). A server with another clock is on another machine: then the arrival time is returned.
 */
export function onOurClock(
  serverTimeMs: number,
  nowMs: number = performance.now(),
  machineMs: number = monotonicMs(),
): number {
  const wrap = 2 ** 32;
  // how long ago, on a clock that wraps: the nearest time, in the past or (by rounding) in the future
  let agoMs = (machineMs - serverTimeMs) % wrap;
  if (agoMs > wrap / 2) agoMs -= wrap;
  if (agoMs < -wrap / 2) agoMs += wrap;
  return Math.abs(agoMs) > CLOCKS_AGREE_WITHIN_MS ? nowMs : nowMs - Math.max(0, agoMs);
}

/**
 * Times of events in the order in which they arrived: they never go back. Two clocks cannot be read at the same
 * instant, so a press and a release in the same millisecond of the server could otherwise change places when they are
 * sorted.
 */
export class ForwardTimes {
  #lastMs = Number.NEGATIVE_INFINITY;

  /** As {@link onOurClock}, but never before the last returned time. */
  of(serverTimeMs: number, nowMs?: number, machineMs?: number): number {
    this.#lastMs = Math.max(this.#lastMs, onOurClock(serverTimeMs, nowMs, machineMs));
    return this.#lastMs;
  }
}
