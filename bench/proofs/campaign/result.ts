/** The result of a campaign, for people and for programs, in docs/results/. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { getPriority, loadavg } from 'node:os';
import { join } from 'node:path';
import { quantile } from '../../../src/core/quantiles.js';
import { PROJECT_ROOT } from '../../../testing/cli/cli.js';
import { machine } from '../../support/machine.js';
import { DECK } from './faults.js';
import type { FaultRecord } from './record.js';

/** Allowed beyond the lease, ms: scheduling, the X server, the observer's clock. */
const ALLOWANCE_MS = 50;

export interface CampaignSetting {
  readonly command: string;
  readonly seed: number;
  readonly laneCount: number;
  /** Runs that did not come to their fault: the stage's own failures. */
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

/** Writes campaign.json and campaign.md. @returns the page */
export function writeResult(records: readonly FaultRecord[], setting: CampaignSetting): string {
  const result = resultOf(records, setting);
  const page = pageOf(result);
  const base = join(PROJECT_ROOT, 'docs', 'results', 'campaign');
  mkdirSync(join(PROJECT_ROOT, 'docs', 'results'), { recursive: true });
  writeFileSync(`${base}.json`, `${JSON.stringify(result, null, 2)}\n`);
  writeFileSync(`${base}.md`, page);
  return page;
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
    machine: machine(),
    loadAverage: loadavg().map((load) => Number(load.toFixed(1))),
    priority: getPriority(),
    at: new Date().toISOString(),
  };
}

/** How much longer than the lease the key that stayed down longest did, once nothing was decided any more. */
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
  starved: 'up; the longest is told',
  double: 'up after the next start or `release`',
  'plays-on': 'it plays on; up at its end',
};

function pageOf(result: ReturnType<typeof resultOf>): string {
  const { n, heldKeys, keysDownAtEnd, doubleKills, inTime, starved, faults, broken, mishaps } = result;
  const cell = (ms: number | null): string => (ms === null ? '-' : ms.toFixed(0));
  const inTimeLine =
    inTime.p99BeyondLeaseMs === null
      ? 'No fault counts for the promise in time.'
      : `p99 of the longest-held key's time: lease ${signed(inTime.p99BeyondLeaseMs)} ms, with lease + ${ALLOWANCE_MS} ms ` +
        `allowed (n = ${inTime.n}; p50 ${cell(inTime.p50)} ms, max ${cell(inTime.max)} ms).`;
  return [
    '# Faults that strike live runs',
    '',
    `**${keysDownAtEnd} of ${n - doubleKills.n} faults left a key down at the end.** ${doubleKills.n} more killed the agent and its key ` +
      `guard at once: ${doubleKills.downAfterwards} had a key down after the next start or \`understudy release\`.`,
    '',
    `${inTimeLine} Keys were held at ${heldKeys} of ${n} strikes, by the game window's own log.`,
    '',
    `Where whoever lets go was kept from running (starved of CPU, or stopped: n = ${starved.n}), the longest was ${cell(starved.maxMs)} ms.`,
    '',
    `- command: \`${result.command}\``,
    `- machine: ${result.machine}; ${result.laneCount} displays at once; load average at the end ${result.loadAverage[2]} (15 minutes), niceness ${result.priority}`,
    `- seed ${result.seed}; each run at 10, 20, 30 or 60 Hz, the lease is 250 ms at all of them`,
    `- ${mishaps.length} runs did not come to their fault and were run again`,
    '',
    'Times: from the strike to the release of the key that stayed down longest, ms, by the X server’s own clock.',
    '',
    '| fault | promised | n | keys held | p50 | p99 | max | stuck |',
    '| --- | --- | --- | --- | --- | --- | --- | --- |',
    ...faults.map(
      (row) =>
        `| ${row.fault} | ${PROMISES[row.promise]} | ${row.n} | ${row.held} | ${cell(row.p50)} | ${cell(row.p99)} | ${cell(row.max)} | ${row.stuck} |`,
    ),
    '',
    ...broken.map((record) => `- fault ${record.index} (${record.fault}, ${record.rateHz} Hz): ${record.broken}`),
    ...(broken.length > 0 ? [''] : []),
  ].join('\n');
}

const signed = (ms: number): string => (ms < 0 ? `- ${(-ms).toFixed(0)}` : `+ ${ms.toFixed(0)}`);
