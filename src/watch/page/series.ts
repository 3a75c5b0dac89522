/** Ticks as rows of numbers for charts. */
import { TICK_STEPS } from '../../core/tick-report.js';
import type { WatchTick } from '../messages.js';

/** When each tick was due, seconds before the last one: -10..0. */
export function secondsBeforeLast(ticks: readonly WatchTick[]): number[] {
  const lastMs = ticks.at(-1)?.deadlineMs ?? 0;
  return ticks.map(({ deadlineMs }) => (deadlineMs - lastMs) / 1000);
}

/**
 * The steps of each tick, stacked: row i is the time of all steps up to TICK_STEPS[i], ms; null for a tick that ran
 * none of them.
 */
export function stackedStages(ticks: readonly WatchTick[]): (number | null)[][] {
  return TICK_STEPS.map((_, upTo) =>
    ticks.map(({ latencyMs, stageMs }) =>
      latencyMs === null ? null : TICK_STEPS.slice(0, upTo + 1).reduce((sum, stage) => sum + (stageMs[stage] ?? 0), 0),
    ),
  );
}
