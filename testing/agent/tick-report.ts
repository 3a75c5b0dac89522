/** Reports of ticks as tests need them. */
import type { TickReport } from '../../src/core/tick-report.js';

/** An uneventful tick at 10 Hz, except for `more`. */
export function tickReport(tick: number, more: Partial<TickReport> = {}): TickReport {
  return {
    ...{ tick, outcome: 'acted', gate: null, deadlineMs: tick * 100, latenessMs: 0, latencyMs: 5 },
    ...{ stageMs: { capture: 1 }, decision: null, held: 0, missedBefore: 0 },
    ...more,
  };
}
