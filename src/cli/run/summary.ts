/** The summary of a run: the document that `play --json` prints, and the same for people. */
import { basename } from 'node:path';
import type { LoopFigures } from '../../agent/telemetry.js';
import type { Quantiles } from '../../core/quantiles.js';
import { STAGES } from '../../core/report.js';
import { textTable } from '../../terminal/table.js';
import type { ReleaseReason } from '../../core/keys.js';

export interface ReleaseEvent {
  readonly reason: ReleaseReason;
  /** Milliseconds since the lease of what was held was last renewed. */
  readonly afterMs: number;
}

export type RunOutcome = 'won' | 'lost' | 'timeout' | 'stopped' | 'ended';

export interface FightRecord {
  readonly seed: number;
  readonly outcome: RunOutcome;
  readonly seconds: number;
  /** Hits on the boss. */
  readonly hits: number;
  /** Hit points lost. */
  readonly damage: number;
}

/** Key events of the seven game keys as the arena's page saw them. */
export interface PageKeys {
  readonly presses: number;
  readonly releases: number;
  /** Auto-repeats of held keys: no edges. */
  readonly repeats: number;
}

/** Fields as documented in docs/cli.md: scripts rely on them. */
export interface RunSummary extends LoopFigures {
  readonly mode: string;
  readonly model: string;
  readonly outcome: RunOutcome;
  readonly fights: readonly FightRecord[];
  readonly seconds: number;
  readonly edgesSent: number;
  readonly releases: readonly ReleaseEvent[];
  /** Only with --browser. */
  readonly page?: PageKeys;
  /** Only with --session: which one was played. */
  readonly session?: string;
  readonly runDir: string;
}

const OUTCOME_WORDS: Readonly<Record<RunOutcome, string>> = {
  won: 'won the fight',
  lost: 'lost the fight',
  timeout: 'ran out of time',
  stopped: 'stopped',
  ended: 'played to the end',
};

/** The summary on one screen. */
export function summaryText(summary: RunSummary): string {
  const fights = summary.fights.map(
    (fight) =>
      `  seed ${fight.seed}: ${OUTCOME_WORDS[fight.outcome]} after ${fight.seconds.toFixed(1)} s, ` +
      `${fight.hits} hits on the boss, ${fight.damage} hit points lost`,
  );
  return [
    `${basename(summary.model)} ${OUTCOME_WORDS[summary.outcome]} after ${summary.seconds.toFixed(1)} s`,
    ...(summary.fights.length > 1 ? fights : fights.slice(0, 1)),
    `  ${summary.ticks} ticks at ${summary.rateHz.toFixed(2)} Hz: ${summary.missedTicks} missed, ` +
      `${summary.lateTicks} late, ${summary.starvedTicks} starved, ${summary.gatedTicks} gated; ` +
      `${summary.edgesSent} key edges`,
    ...(summary.page === undefined ? [] : [pageLine(summary.page)]),
    ...summary.releases.map(
      ({ reason, afterMs }) => `  released (${reason}) ${afterMs.toFixed(1)} ms after the last renewal`,
    ),
    '',
    timesTable(summary),
    '',
    `run folder  ${summary.runDir}`,
  ].join('\n');
}

function timesTable(summary: RunSummary): string {
  const rows: [string, Quantiles | null][] = [
    ['latency', summary.latencyMs],
    ...STAGES.map((stage): [string, Quantiles | null] => [`  ${stage}`, summary.stageMs[stage]]),
    ['lateness', summary.latenessMs],
  ];
  const cells = (figures: Quantiles | null): string[] =>
    figures === null
      ? ['-', '-', '-', '-']
      : [figures.p50, figures.p95, figures.p99, figures.max].map((ms) => ms.toFixed(2));
  return textTable(
    ['ms', 'p50', 'p95', 'p99', 'max'],
    rows.map(([name, figures]) => [name, ...cells(figures)]),
  );
}

function pageLine({ presses, releases, repeats }: PageKeys): string {
  return `  the page saw ${presses} presses and ${releases} releases (${repeats} auto-repeats apart)`;
}
