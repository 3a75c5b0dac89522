/** What the loop says about each tick. Observers, logs, benches and views all read these and nothing else. */
import type { Decision } from './decision.js';
import type { Frame } from './frame.js';
import type { HeldActions } from './action-set.js';

/** The steps of a tick, in their order. */
export const TICK_STEPS = ['capture', 'preprocess', 'encode', 'head', 'act'] as const;
export type TickStep = (typeof TICK_STEPS)[number];

/**
 * - `acted`: its decision was taken over.
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
  /** Start of the grab to edges ready or sent, ms, the planned wait of the horizon not counted; null without one. */
  readonly latencyMs: number | null;
  /** How long each step took, ms. */
  readonly stageMs: Readonly<Partial<Record<TickStep, number>>>;
  readonly decision: Decision | null;
  /** What is held once the tick is over. */
  readonly held: HeldActions;
  /** Ticks skipped right before this one. */
  readonly missedBefore: number;
}

/** The few figures of a run that a status line shows. */
export interface StatusFigures {
  readonly rateHz: number;
  /** Of the last tick that had one. */
  readonly latencyMs: number | null;
  readonly missedTicks: number;
  readonly lateTicks: number;
  readonly starvedTicks: number;
  /** What was let go of or refused just now, for people; null or absent where there is nothing to tell. */
  readonly notice?: string | null;
}

/** Watches a run. Called after the edges of the tick are out; what it does counts against no tick's latency. */
export interface TickObserver {
  /**
   * `frame` is valid only during the call (null when starved or gated); `report` may be kept, its buffers not. One that
   * answers with a promise gets no further report until it is settled.
   */
  onTick(report: TickReport, frame: Frame | null): void | Promise<void>;
}
