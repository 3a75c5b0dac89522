/** The figures of a tick for its log and for the live page: rounded here alone, so that both agree. */
import type { MeterValues } from '../core/seen-game.js';
import type { TickReport } from '../core/tick-report.js';

export interface TickFigures {
  readonly deadlineMs: number;
  readonly latenessMs: number;
  readonly latencyMs: number | null;
  readonly stageMs: TickReport['stageMs'];
  /** [K], 0..1, in the order of the run's actions; null where nothing was decided. */
  readonly probabilities: readonly number[] | null;
  /** What the game's meters show in the newest picture; null where it has none. */
  readonly meters: MeterValues | null;
}

/** @returns times in ms and meters with three decimals, probabilities with six */
export function tickFigures(
  { deadlineMs, latenessMs, latencyMs, stageMs, decision }: TickReport,
  meters: MeterValues | null,
): TickFigures {
  return {
    deadlineMs: round(deadlineMs, 3),
    latenessMs: round(latenessMs, 3),
    latencyMs: latencyMs === null ? null : round(latencyMs, 3),
    stageMs: Object.fromEntries(Object.entries(stageMs).map(([stage, tookMs]) => [stage, round(tookMs, 3)])),
    probabilities: decision === null ? null : Array.from(decision.probabilities, (p) => round(p, 6)),
    meters: meters === null ? null : roundedMeters(meters),
  };
}

function roundedMeters(meters: MeterValues): MeterValues {
  return Object.fromEntries(
    Object.entries(meters).map(([name, value]) => [name, value === null ? null : round(value, 3)]),
  );
}

function round(value: number, decimals: number): number {
  return Number(value.toFixed(decimals));
}
