/** The status of a running agent as a document: what its status line shows, and where it is. */
import type { Arming } from '../agent/arming.js';
import type { RunCounts } from '../agent/telemetry.js';
import type { StatusFigures, TickReport } from '../core/tick-report.js';
import type { Health } from '../terminal/status-line.js';
import type { RunNotes } from './notes.js';

/** What the status is made from. */
export interface StatusParts {
  readonly mode: string;
  readonly model: string;
  readonly runDir: string;
  readonly seconds: number;
  readonly targetRateHz: number;
  readonly figures: StatusFigures & RunCounts;
  readonly edgesSent: number;
  readonly health: Health | null;
  readonly arming: Arming | null;
  /** The last tick; null before the first. */
  readonly report: TickReport | null;
  /** Names of what is held, as of that tick. */
  readonly held: readonly string[];
  readonly notes: RunNotes;
  /** The status line, plain. */
  readonly line: string;
}

/** Fields as documented in docs/control.md. */
export function agentStatus(parts: StatusParts, nowMs: number): Record<string, unknown> {
  const { report, arming, figures } = parts;
  return {
    pid: process.pid,
    mode: parts.mode,
    model: parts.model,
    runDir: parts.runDir,
    seconds: Number(parts.seconds.toFixed(3)),
    state: arming?.state ?? 'armed',
    reason: arming?.status.reason ?? null,
    stateBy: arming?.status.by ?? 'start',
    stateForMs: arming === null ? null : Math.max(0, Math.round(nowMs - arming.status.sinceMs)),
    held: parts.held,
    outcome: report?.outcome ?? null,
    gate: report?.gate ?? null,
    ready: report?.decision?.ready ?? false,
    targetRateHz: parts.targetRateHz,
    rateHz: Number(figures.rateHz.toFixed(3)),
    latencyMs: figures.latencyMs === null ? null : Number(figures.latencyMs.toFixed(3)),
    ticks: figures.ticks,
    missedTicks: figures.missedTicks,
    lateTicks: figures.lateTicks,
    starvedTicks: figures.starvedTicks,
    gatedTicks: figures.gatedTicks,
    edgesSent: parts.edgesSent,
    releases: parts.notes.releaseCount,
    lastRelease: parts.notes.lastRelease,
    health: parts.health,
    line: parts.line,
  };
}
