/** The lease of held keys: how long they stay down after the loop's last message. Decided once for each run. */
import { UnderstudyError } from '../core/errors.js';
import { MIN_LEASE_MS } from './guard/protocol.js';

/**
 * The lease for a loop's period: what was asked for, or the shortest, max(250, 2.5 periods), ms: one missed tick must
 * not count as silence.
 *
 * @param askedMs null: the shortest
 * @throws UnderstudyError `bad-option` for less than the shortest
 */
export function leaseMsFor(periodMs: number, askedMs: number | null = null): number {
  const leastMs = Math.max(MIN_LEASE_MS, 2.5 * periodMs);
  if (askedMs !== null && askedMs < leastMs) throw leaseTooShort(askedMs, periodMs, leastMs);
  return askedMs ?? leastMs;
}

function leaseTooShort(leaseMs: number, periodMs: number, leastMs: number): UnderstudyError {
  return new UnderstudyError({
    kind: 'usage',
    code: 'bad-option',
    message: `A lease of ${leaseMs} ms is too short for a period of ${periodMs} ms: the least is ${leastMs} ms.`,
    next: `Give a lease of ${leastMs} ms or more, or leave it out.`,
  });
}
