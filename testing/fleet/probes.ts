/** Jobs that do nothing, for tests of what the queue does with them. */
import { jobId, type Lane, type NamedJob } from '../../src/fleet/queue.js';
import type { ProbeJob } from '../../src/fleet/payloads.js';

export const PROBE_LANE: Lane = { program: 'test', store: 'none', needs: [] };

/** A dead worker is noticed within 4 s. */
export const SOON = { lockMs: 2000, checkMs: 1000 } as const;

export function probe(number: number, more: Partial<ProbeJob> = {}): NamedJob {
  const job: ProbeJob = { version: 1, kind: 'probe', group: 'probes', number, seconds: 0, ...more };
  return { id: jobId(job), job };
}
