/** The outcome of one fault, and whether it is what is promised. */
import type { Promised } from './faults.js';

/** What was seen. */
export interface Seen {
  /** 0-based. */
  readonly index: number;
  readonly seed: number;
  readonly fault: string;
  readonly promise: Promised;
  readonly rateHz: number;
  /** The strike, ms after the keys were seen down, or after the run's first frame. */
  readonly afterMs: number;
  /** Runs that it took, the last of them counted here: each earlier one lost its guard before the fault struck. */
  readonly runs: number;
  /** How the agent ended. */
  readonly ended: string;
  readonly guardPid: number;
  /** Keys that the game window had seen go down and not up when the fault struck. */
  readonly heldByWindow: readonly string[];
  /** Each key that was down then: ms until it was released; null where it was not while it was watched. */
  readonly downForMs: Readonly<Record<string, number | null>>;
  /** How long the agent or its guard waited for a processor in that time, the longer of the two, ms. */
  readonly waitedMs: number;
  /** Once everything had ended. */
  readonly downAtEnd: readonly string[];
  /** After a double kill: what was done then. */
  readonly afterwards: 'release' | 'next start' | null;
  readonly downAfterwards: readonly string[];
  readonly guardGone: boolean;
  readonly leaseMs: number;
  readonly tookMs: number;
}

export interface FaultRecord extends Seen {
  /** The longest that a key stayed down, ms; null where none was held or none had to be released. */
  readonly worstMs: number | null;
  /** Counts for the promise in time: the process that releases could run. */
  readonly inTimeCounts: boolean;
  /** Which promise was broken; null where none was. */
  readonly broken: string | null;
}

/** A process that waited longer than this, ms, did not get the processor. */
const CPU_DENIED_MS = 20;

export function judge(seen: Seen): FaultRecord {
  const times = Object.values(seen.downForMs);
  const released = times.filter((ms) => ms !== null);
  const worstMs = released.length === 0 ? null : Math.max(...released);
  const inTimeCounts = seen.promise === 'lease' && seen.waitedMs < CPU_DENIED_MS && worstMs !== null;
  return { ...seen, worstMs, inTimeCounts, broken: brokenBy(seen, times) };
}

function brokenBy(seen: Seen, times: readonly (number | null)[]): string | null {
  if (seen.downAfterwards.length > 0) return `still down: ${seen.downAfterwards.join(', ')}`;
  if (seen.promise !== 'double' && seen.downAtEnd.length > 0) return `down at the end: ${seen.downAtEnd.join(', ')}`;
  const mustRelease = seen.promise === 'lease' || seen.promise === 'starved';
  if (mustRelease && times.includes(null)) return 'a key was not released while it was watched';
  if (!seen.guardGone) return 'the key guard still ran';
  return null;
}
