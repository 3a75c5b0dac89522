/** How the fights of a session ended, and what the game's meters showed in them. Nothing is here that the log does not say. */
import type { MarkedOutcome } from './format/event-lines.js';
import type { Session } from './session.js';

/** What a meter showed during a fight. */
export interface MeterSpan {
  readonly first: number;
  readonly last: number;
  readonly least: number;
  readonly most: number;
}

export interface FightResult {
  /** Since the session's first frame. */
  readonly startSeconds: number;
  readonly seconds: number;
  /** Null where the log does not say. */
  readonly outcome: MarkedOutcome | null;
  /** By the meter's name; null for one that could not be read in this fight. */
  readonly meters: Readonly<Record<string, MeterSpan | null>>;
}

/** The results of several fights. */
export interface ResultSummary {
  /** Fights by their outcome; null where no fight has one. */
  readonly outcomes: Readonly<Record<MarkedOutcome | 'unknown', number>> | null;
  /** The last value of each fight that has one: how many fights, their mean, the least and the most. */
  readonly meters: Readonly<Record<string, MeterSummary>>;
}

export interface MeterSummary {
  readonly fights: number;
  readonly mean: number;
  readonly least: number;
  readonly most: number;
}

/** One for each fight, in the order of the log. */
export function fightResults({ fights, meters, frames }: Session): FightResult[] {
  const names = [...new Set(meters.flatMap(({ values }) => Object.keys(values)))];
  return fights.map(({ start, end, outcome = null }) => {
    // what the last line before the fight says holds at its start too
    const before = meters.findLast(({ t }) => t <= start);
    const during = meters.filter(({ t }) => t > start && t < end);
    const lines = before === undefined ? during : [before, ...during];
    const spans = names.map((name) => {
      const values = lines.map((line) => line.values[name] ?? null).filter((value) => value !== null);
      return [name, spanOf(values)] as const;
    });
    return {
      startSeconds: rounded(start - frames.times[0]),
      seconds: rounded(end - start),
      outcome,
      meters: Object.fromEntries(spans),
    };
  });
}

function spanOf(values: readonly number[]): MeterSpan | null {
  if (values.length === 0) return null;
  return {
    first: values[0],
    last: values[values.length - 1],
    least: values.reduce((least, value) => Math.min(least, value)),
    most: values.reduce((most, value) => Math.max(most, value)),
  };
}

/** The results of fights together. */
export function summarizeResults(results: readonly FightResult[]): ResultSummary {
  const outcomes = { won: 0, lost: 0, ended: 0, unknown: 0 };
  for (const { outcome } of results) outcomes[outcome ?? 'unknown'] += 1;
  const names = [...new Set(results.flatMap(({ meters }) => Object.keys(meters)))];
  const meters = names.flatMap((name) => {
    const last = results.map((result) => result.meters[name]?.last).filter((value) => value !== undefined);
    const span = spanOf(last);
    if (span === null) return [];
    const { least, most } = span;
    const mean = rounded(last.reduce((sum, value) => sum + value, 0) / last.length);
    return [[name, { fights: last.length, mean, least, most }] as const];
  });
  return { outcomes: outcomes.unknown === results.length ? null : outcomes, meters: Object.fromEntries(meters) };
}

/** To a thousandth. */
function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
