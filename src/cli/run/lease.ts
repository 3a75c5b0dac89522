/** The lease: how long held keys outlive the last decision. */

/** No shorter than this: the guard's timers and a busy machine need that much. */
const LEAST_LEASE_MS = 250;
/** A tick may be late and its successor too before the lease runs out. */
const LEASE_PERIODS = 2.5;

/** Milliseconds, for a loop at `rateHz`. */
export function leaseFor(rateHz: number): number {
  return Math.max(LEAST_LEASE_MS, (LEASE_PERIODS * 1000) / rateHz);
}
