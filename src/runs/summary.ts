/** The summary of a run: the document that `play --json` prints, and the same for people. */
import { basename } from 'node:path';
import type { LoopFigures } from '../agent/telemetry.js';
import type { KeyCounts } from '../arena/page/messages.js';
import type { Quantiles } from '../core/quantiles.js';
import { TICK_STEPS } from '../core/tick-report.js';
import { textTable } from '../terminal/table.js';
import type { ReleaseReason } from '../core/key-sink.js';

export interface ReleaseEvent {
  readonly reason: ReleaseReason;
  /**
   * Milliseconds since the lease of what was held was last renewed; of `takeover`, `panic` and `paused` by the guard,
   * since the key that asked for it; of `recovery`, since the guard was found lost.
   */
  readonly afterMs: number;
  /** `agent`: the loop, or an order to it. `guard`: the guard itself. `recovery`: the agent, after losing its guard. */
  readonly by: 'agent' | 'guard' | 'recovery';
  /** Names. */
  readonly actions: readonly string[];
  /** Which gate closed, and why; absent where none did. */
  readonly gate?: string;
}

/** A limit that prevented presses. */
export interface RefusalCount {
  /** `max-hold`, `max-presses`, `forbidden`, `pointer-outside` */
  readonly reason: string;
  readonly keys: readonly string[];
  readonly times: number;
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

/** A fight of a game with cues. */
export interface GameFightRecord {
  readonly outcome: 'won' | 'lost' | 'ended';
  readonly seconds: number;
  /** The last value of each meter, and the score of the outcome program as `score`; null where it was not read. */
  readonly meters: Readonly<Record<string, number | null>>;
  /** Why the outcome program gave no answer. */
  readonly problem?: string;
}

/** Key events of the arena's keys as the arena's page saw them. */
export type PageKeys = Omit<KeyCounts, 'other'>;

/** The result of `--record`. */
export interface RecordedPlay {
  /** The session's path without ending. */
  readonly session: string;
  readonly frames: number;
  /** How often a person took over. */
  readonly takeovers: number;
  /** Error code of what ended it before the end of the run; null where it is complete. */
  readonly error: string | null;
}

/** Fields as documented in docs/cli.md: scripts rely on them. */
export interface RunSummary extends LoopFigures {
  readonly mode: string;
  readonly model: string;
  readonly outcome: RunOutcome;
  readonly fights: readonly FightRecord[] | readonly GameFightRecord[];
  readonly seconds: number;
  readonly edgesSent: number;
  /** The first thousand. */
  readonly releases: readonly ReleaseEvent[];
  /** All of them. */
  readonly releaseCount: number;
  /** Presses that a limit prevented. */
  readonly refusals: readonly RefusalCount[];
  /** Only with --browser. */
  readonly page?: PageKeys;
  /** Only with --session: which one was played. */
  readonly session?: string;
  /** Only with --record. */
  readonly recorded?: RecordedPlay;
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
  const fights = summary.fights.map(fightLine);
  return [
    `${basename(summary.model)} ${OUTCOME_WORDS[summary.outcome]} after ${summary.seconds.toFixed(1)} s`,
    ...(summary.fights.length > 1 ? fights : fights.slice(0, 1)),
    `  ${summary.ticks} ticks at ${summary.rateHz.toFixed(2)} Hz: ${summary.missedTicks} missed, ` +
      `${summary.lateTicks} late, ${summary.starvedTicks} starved, ${gatedText(summary)}; ` +
      `${summary.edgesSent} key edges`,
    ...(summary.page === undefined ? [] : [pageLine(summary.page)]),
    ...(summary.recorded === undefined ? [] : [recordedLine(summary.recorded)]),
    ...summary.releases.slice(0, RELEASES_SHOWN).map(releaseLine),
    ...(summary.releaseCount > RELEASES_SHOWN
      ? [`  and ${summary.releaseCount - RELEASES_SHOWN} more releases (summary.json has them)`]
      : []),
    ...summary.refusals.map(({ reason, keys, times }) => `  refused (${reason}) ${keys.join(', ')} ${times} times`),
    '',
    timesTable(summary),
    '',
    `run folder  ${summary.runDir}`,
  ].join('\n');
}

function fightLine(fight: FightRecord | GameFightRecord, index: number): string {
  const end = `${OUTCOME_WORDS[fight.outcome]} after ${fight.seconds.toFixed(1)} s`;
  if ('seed' in fight) {
    return `  seed ${fight.seed}: ${end}, ${fight.hits} hits on the boss, ${fight.damage} hit points lost`;
  }
  const meters = Object.entries(fight.meters).map(([name, value]) => `, ${name} ${value ?? 'not read'}`);
  return `  fight ${index + 1}: ${end}${meters.join('')}`;
}

function recordedLine({ session, frames, takeovers, error }: RecordedPlay): string {
  const cut = error === null ? '' : `, cut short (${error})`;
  return `  recorded as ${session}: ${frames} frames, ${takeovers} takeovers${cut}`;
}

/** Lines of releases on the screen; a long run with many takeovers has hundreds. */
const RELEASES_SHOWN = 8;

function gatedText({ gatedTicks, gatedBy }: RunSummary): string {
  const by = Object.entries(gatedBy).map(([name, count]) => `${name} ${count}`);
  return `${gatedTicks} gated${by.length === 0 ? '' : ` (${by.join(', ')})`}`;
}

function releaseLine({ reason, afterMs, by, actions, gate }: ReleaseEvent): string {
  const why = gate === undefined ? reason : `${reason}, ${gate}`;
  return `  the ${by === 'recovery' ? 'agent, its guard lost,' : by} released ${actions.join('+')} (${why}) after ${afterMs.toFixed(1)} ms`;
}

function timesTable(summary: RunSummary): string {
  const rows: [string, Quantiles | null][] = [
    ['latency', summary.latencyMs],
    ...TICK_STEPS.map((stage): [string, Quantiles | null] => [`  ${stage}`, summary.stageMs[stage]]),
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
