/** The result of a campaign: which promises were kept, fault by fault. */
import { getPriority } from 'node:os';
import { quantile } from '../../../src/core/quantiles.js';
import { markdownTable, writeResult } from '../../support/results.js';
import { DECK } from './faults.js';
import type { FaultRecord } from './record.js';

/** Allowed beyond the lease, ms: scheduling, the X server, the observer's clock. */
const ALLOWANCE_MS = 50;

export interface CampaignSetting {
  readonly command: string;
  readonly seed: number;
  readonly laneCount: number;
  /** Runs that did not reach their fault: failures of the display or the window. */
  readonly mishaps: readonly string[];
}

interface Row {
  readonly fault: string;
  readonly promise: string;
  readonly n: number;
  readonly held: number;
  readonly p50: number | null;
  readonly p99: number | null;
  readonly max: number | null;
  readonly stuck: number;
}

/** Writes the page and its JSON. @returns the page */
export function writeCampaign(records: readonly FaultRecord[], setting: CampaignSetting): string {
  const result = resultOf(records, setting);
  return writeResult({
    name: 'campaign',
    title: 'Faults that strike live runs',
    command: setting.command,
    n: `${result.n} faults`,
    sections: sectionsOf(result),
    made: [
      `${setting.laneCount} displays at once; niceness ${result.priority}`,
      `seed ${setting.seed}; each run at 10, 20, 30 or 60 Hz, the lease is 250 ms at all of them`,
      `${setting.mishaps.length} runs did not come to their fault and were run again`,
    ],
    document: result,
  });
}

function resultOf(records: readonly FaultRecord[], setting: CampaignSetting) {
  const inTime = records.filter((record) => record.inTimeCounts);
  const beyondMs = inTime.map(beyondLeaseMs).sort((a, b) => a - b);
  const starved = timesOf(records.filter((r) => r.promise === 'starved' || (r.promise === 'lease' && !r.inTimeCounts)));
  const doubles = records.filter((record) => record.promise === 'double');
  return {
    claim: 'no key stays down, whatever becomes of a run; p99 of the time that one stayed down <= lease + 50 ms',
    ...setting,
    n: records.length,
    heldKeys: records.filter((record) => record.heldByWindow.length > 0).length,
    keysDownAtEnd: records.filter((record) => record.promise !== 'double' && record.downAtEnd.length > 0).length,
    doubleKills: { n: doubles.length, downAfterwards: doubles.filter((r) => r.downAfterwards.length > 0).length },
    inTime: {
      n: inTime.length,
      p99BeyondLeaseMs: beyondMs.length === 0 ? null : Number(quantile(beyondMs, 0.99).toFixed(1)),
      allowedBeyondLeaseMs: ALLOWANCE_MS,
      ...figures(timesOf(inTime)),
    },
    starved: { n: starved.length, maxMs: starved.at(-1) ?? null },
    faults: rowsOf(records),
    broken: records.filter((record) => record.broken !== null),
    priority: getPriority(),
  };
}

/** How much longer than the lease the longest-held key stayed down, once nothing was decided any more. */
export function beyondLeaseMs({ fault, worstMs, leaseMs }: FaultRecord): number {
  const { stillDecidesMs = 0 } = DECK.find(({ name }) => name === fault) ?? {};
  return worstMs! - leaseMs - stillDecidesMs;
}

/** Ascending. */
function timesOf(records: readonly FaultRecord[]): number[] {
  return records
    .map((record) => record.worstMs)
    .filter((ms) => ms !== null)
    .sort((a, b) => a - b);
}

function figures(times: readonly number[]) {
  const at = (q: number): number | null => (times.length === 0 ? null : quantile(times, q));
  return { p50: at(0.5), p99: at(0.99), max: times.at(-1) ?? null };
}

function rowsOf(records: readonly FaultRecord[]): Row[] {
  const names = [...new Set(records.map((record) => record.fault))].sort();
  return names.map((fault) => {
    const those = records.filter((record) => record.fault === fault);
    return {
      fault,
      promise: those[0].promise,
      n: those.length,
      held: those.filter((record) => record.heldByWindow.length > 0).length,
      ...figures(timesOf(those)),
      stuck: those.filter((record) => record.downAfterwards.length > 0).length,
    };
  });
}

const PROMISES: Readonly<Record<string, string>> = {
  lease: 'up within a lease',
  starved: 'up; the longest is reported',
  double: 'up after the next start or `release`',
  'plays-on': 'it plays on; up at its end',
};

const cell = (ms: number | null): string => (ms === null ? '-' : ms.toFixed(0));

function sectionsOf(result: ReturnType<typeof resultOf>): string[] {
  const { n, heldKeys, keysDownAtEnd, doubleKills, inTime, starved, faults, broken } = result;
  const inTimeLine =
    inTime.p99BeyondLeaseMs === null
      ? 'No fault counts for the promise in time.'
      : `p99 of the longest-held key's time: lease ${signed(inTime.p99BeyondLeaseMs)} ms, with lease + ${ALLOWANCE_MS} ms ` +
        `allowed (n = ${inTime.n}; p50 ${cell(inTime.p50)} ms, max ${cell(inTime.max)} ms).`;
  const rows = faults.map((row) => [
    ...[row.fault, PROMISES[row.promise], String(row.n), String(row.held)],
    ...[row.p50, row.p99, row.max].map(cell),
    String(row.stuck),
  ]);
  return [
    `**${keysDownAtEnd} of ${n - doubleKills.n} faults left a key down at the end.** ${doubleKills.n} more killed the agent and its key ` +
      `guard at once: ${doubleKills.downAfterwards} had a key down after the next start or \`understudy release\`.`,
    `${inTimeLine} Keys were held at ${heldKeys} of ${n} strikes, by the game window's own log.`,
    `Where the process that releases was kept from running (starved of CPU, or stopped: n = ${starved.n}), the longest was ${cell(starved.maxMs)} ms.`,
    'Times: from the strike to the release of the key that stayed down longest, ms, by the X server’s own clock.',
    markdownTable(['fault', 'promised', 'n', 'keys held', 'p50', 'p99', 'max', 'stuck'], rows),
    ...(broken.length > 0
      ? [
          broken
            .map((record) => `- fault ${record.index} (${record.fault}, ${record.rateHz} Hz): ${record.broken}`)
            .join('\n'),
        ]
      : []),
  ];
}

const signed = (ms: number): string => (ms < 0 ? `- ${(-ms).toFixed(0)}` : `+ ${ms.toFixed(0)}`);
