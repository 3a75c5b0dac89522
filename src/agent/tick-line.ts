/**
 * The line of a run's ticks.jsonl: what it holds, how it is written and how it is read. No other file knows the names
 * of its fields; docs/files.md describes them, and a test compares the two.
 */
import { z } from 'zod';
import type { ActionSet } from '../core/action-set.js';
import { jsonLine } from '../core/json-lines.js';
import type { MeterValues } from '../core/seen-game.js';
import { TICK_OUTCOMES, TICK_STEPS, type TickReport } from '../core/tick-report.js';
import { tickFigures } from './tick-figures.js';

/**
 * A line's fields. Readers pick those that they use: logs of earlier versions lack some of the others.
 *
 * @param actions names of the run's actions, K of them
 */
export function tickLineSchema(actions: readonly string[]) {
  const held = z.array(z.enum(actions)).max(actions.length);
  return z.object({
    /** Place on the schedule; each fight begins at 0 again. */
    tick: z.number().int().min(0),
    /** Place in the run, missed ticks counted. */
    slot: z.number().int().min(0),
    outcome: z.enum(TICK_OUTCOMES),
    /** Why a gated tick might not act. */
    gate: z.string().optional(),
    /** Ticks skipped right before this one; absent when 0. */
    missedBefore: z.number().int().min(1).optional(),
    deadlineMs: z.number(),
    latenessMs: z.number().min(0),
    latencyMs: z.number().min(0).nullable(),
    stageMs: z.partialRecord(z.enum(TICK_STEPS), z.number()),
    /** At the end of the tick. */
    held,
    /** Null where nothing was decided. */
    decision: held.nullable(),
    /** False while the latent window fills. */
    ready: z.boolean(),
    /** [K], in the order of the actions; null where nothing was decided. */
    probabilities: z.array(z.number().min(0).max(1)).length(actions.length).nullable(),
    /** What the game's meters show in the newest picture, by name; absent where it has none. */
    meters: z.record(z.string(), z.number().nullable()).optional(),
  });
}

/**
 * A tick as its line, newline included.
 *
 * @param slot its place in the run
 * @param actions what its held sets are of
 * @param values of the game's meters; null where it has none
 */
export function tickLine(
  report: TickReport,
  slot: number,
  actions: ActionSet,
  values: MeterValues | null = null,
): string {
  const { tick, outcome, gate, missedBefore, held, decision } = report;
  const { deadlineMs, latenessMs, latencyMs, stageMs, probabilities, meters } = tickFigures(report, values);
  return jsonLine({
    tick,
    slot,
    outcome,
    gate: gate ?? undefined, // JSON leaves out what is undefined
    missedBefore: missedBefore === 0 ? undefined : missedBefore,
    deadlineMs,
    latenessMs,
    latencyMs,
    stageMs,
    held: actions.heldNames(held),
    decision: decision === null ? null : actions.heldNames(decision.held),
    ready: decision?.ready ?? false,
    probabilities,
    meters: meters ?? undefined,
  });
}
