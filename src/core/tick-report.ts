/** What the loop reports about each tick. Observers, logs, benches and views read these reports and nothing else. */
import type { Decision } from './policy.js';
import type { Frame } from './frame.js';
import type { HeldActions } from './action-set.js';

/** The steps of a tick, in the order in which they run. */
export const TICK_STEPS = ['capture', 'preprocess', 'encode', 'head', 'act'] as const;
export type TickStep = (typeof TICK_STEPS)[number];

/**
 * - `acted`: its decision was applied.
 * - `late`: lateness + latency > budget; its decision is not applied.
 * - `starved`: no fresh frame.
 * - `gated`: not allowed to act.
 *
 * A tick that never ran is *missed*, counted by the loop, and has no report.
 */
export const TICK_OUTCOMES = ['acted', 'late', 'starved', 'gated'] as const;
export type TickOutcome = (typeof TICK_OUTCOMES)[number];

export interface TickReport {
  /** Position on the schedule, 0-based: tick k is due at start + k periods. Missed ticks leave gaps. */
  readonly tick: number;
  readonly outcome: TickOutcome;
  /** Why a gated tick may not act; null otherwise. */
  readonly gate: string | null;
  /** Monotonic clock, ms, when the tick was due. */
  readonly deadlineMs: number;
  /** Start of the tick minus its deadline, ms, >= 0. */
  readonly latenessMs: number;
  /** From the start of the grab until edges are ready or sent, without the planned wait, ms; null where nothing was decided. */
  readonly latencyMs: number | null;
  /** How long each step took, ms. */
  readonly stageMs: Readonly<Partial<Record<TickStep, number>>>;
  readonly decision: Decision | null;
  /** What is held once the tick is over. */
  readonly held: HeldActions;
  /** Ticks skipped right before this one. */
  readonly missedBefore: number;
}

/** The figures of a run that a status line shows. */
export interface StatusFigures {
  readonly rateHz: number;
  /** Latency of the last tick that had one, ms. */
  readonly latencyMs: number | null;
  readonly missedTicks: number;
  readonly lateTicks: number;
  readonly starvedTicks: number;
  /** What was released or refused just now, as text for the user; null or absent where nothing was. */
  readonly notice?: string | null;
}

/** Watches a run. Called after the edges of the tick were sent; its time is not part of the tick's latency. */
export interface TickObserver {
  /** True where what the run is for depends on it: then it is not dropped for being slow on a busy machine. Default false. */
  readonly isEssential?: boolean;
  /**
   * `frame` is valid only during the call (null when starved or gated). `report` may be kept, but not its buffers. An
   * observer that returns a promise gets no further report until the promise is settled.
   */
  onTick(report: TickReport, frame: Frame | null): void | Promise<void>;
}
