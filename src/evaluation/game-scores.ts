/**
 * What players reached in a game's fights: a row each, and the differences between two of them in the same rounds. The
 * same fights give the same figures.
 */
import type { Quantiles } from '../core/quantiles.js';
import { bootstrapIntervals } from './bootstrap.js';
import { wilson95 } from './intervals.js';

/** One fight of one player, as it is kept on disk. */
export interface ScoredFight {
  readonly player: string;
  /** 0-based: in a round each player has one fight. */
  readonly round: number;
  readonly outcome: 'won' | 'lost' | 'ended';
  readonly seconds: number;
  /** By name; null where it was not read. */
  readonly meters: Readonly<Record<string, number | null>>;
  /** Of its ticks; null where none acted. */
  readonly latencyMs: Quantiles | null;
  readonly lateTicks: number;
  /** While the fight was on. */
  readonly gatedTicks: number;
}

/** A mean and its 95 % interval; the ends are null for fewer than five fights. */
export interface MeanRow {
  readonly n: number;
  readonly mean: number;
  readonly low: number | null;
  readonly high: number | null;
}

export interface PlayerRow {
  readonly player: string;
  readonly fights: number;
  readonly won: number;
  readonly lost: number;
  readonly ended: number;
  /** 0..1; null where the game tells no outcome: no fight of any player was won or lost. */
  readonly winRate: number | null;
  /** Wilson's interval. */
  readonly winRate95: readonly [low: number, high: number] | null;
  readonly seconds: MeanRow;
  /** Without those that were read in no fight. */
  readonly meters: Readonly<Record<string, MeanRow>>;
  /** Means over the fights of each fight's quantiles; `max` is the worst of all. */
  readonly latencyMs: Quantiles | null;
  readonly lateTicks: number;
  readonly gatedTicks: number;
}

/** a - b, in the rounds that both have played. */
export interface PlayerDifference {
  readonly a: string;
  readonly b: string;
  readonly seconds: MeanRow;
  /** Only where the game has a meter `score`, or a program that tells it. */
  readonly score?: MeanRow;
  readonly meters: Readonly<Record<string, MeanRow>>;
}

export interface GameScores {
  readonly players: readonly PlayerRow[];
  readonly differences: readonly PlayerDifference[];
}

/** @param players in the order of the rows; one without a fight has no row */
export function scoreGame(players: readonly string[], fights: readonly ScoredFight[]): GameScores {
  const tellsOutcome = fights.some(({ outcome }) => outcome !== 'ended');
  const played = players.filter((player) => fights.some((fight) => fight.player === player));
  const of = (player: string): ScoredFight[] => fights.filter((fight) => fight.player === player);
  const pairs = played.flatMap((a, index) => played.slice(index + 1).map((b) => [a, b] as const));
  return {
    players: played.map((player) => rowOf(player, of(player), tellsOutcome)),
    differences: pairs.map(([a, b]) => differenceOf(a, b, of(a), of(b))).filter((pair) => pair !== null),
  };
}

function rowOf(player: string, fights: readonly ScoredFight[], tellsOutcome: boolean): PlayerRow {
  const count = (outcome: ScoredFight['outcome']): number => fights.filter((fight) => fight.outcome === outcome).length;
  const won = count('won');
  return {
    player,
    fights: fights.length,
    won,
    lost: count('lost'),
    ended: count('ended'),
    winRate: tellsOutcome ? won / fights.length : null,
    winRate95: tellsOutcome ? wilson95(won, fights.length) : null,
    seconds: meanOf(fights.map(({ seconds }) => seconds))!,
    meters: metersOf(fights, (name) => fights.map(({ meters }) => meters[name] ?? null)),
    latencyMs: latencyOf(fights),
    lateTicks: fights.reduce((sum, fight) => sum + fight.lateTicks, 0),
    gatedTicks: fights.reduce((sum, fight) => sum + fight.gatedTicks, 0),
  };
}

function differenceOf(
  a: string,
  b: string,
  ofA: readonly ScoredFight[],
  ofB: readonly ScoredFight[],
): PlayerDifference | null {
  const pairs = ofA.flatMap((one) => {
    const other = ofB.find(({ round }) => round === one.round);
    return other === undefined ? [] : [[one, other] as const];
  });
  const seconds = meanOf(pairs.map(([one, other]) => one.seconds - other.seconds));
  if (seconds === null) return null;
  const meters = metersOf(ofA, (name) =>
    pairs.map(([one, other]) => {
      const [left, right] = [one.meters[name] ?? null, other.meters[name] ?? null];
      return left === null || right === null ? null : left - right;
    }),
  );
  return { a, b, seconds, ...('score' in meters ? { score: meters['score'] } : {}), meters };
}

function metersOf(
  fights: readonly ScoredFight[],
  valuesOf: (name: string) => readonly (number | null)[],
): Record<string, MeanRow> {
  const names = [...new Set(fights.flatMap(({ meters }) => Object.keys(meters)))];
  const rows = names.map((name) => [name, meanOf(valuesOf(name).filter((value) => value !== null))] as const);
  return Object.fromEntries(rows.filter((row): row is [string, MeanRow] => row[1] !== null));
}

/** The mean of one figure over fights; null without any. */
export function meanOf(values: readonly number[]): MeanRow | null {
  if (values.length === 0) return null;
  const counts = values.map((value) => Float64Array.of(1, value));
  const [interval] = bootstrapIntervals(counts, [{ name: 'mean', of: ([n, sum]) => sum / n }]);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return { n: values.length, mean, low: interval?.[0] ?? null, high: interval?.[1] ?? null };
}

function latencyOf(fights: readonly ScoredFight[]): Quantiles | null {
  const all = fights.map(({ latencyMs }) => latencyMs).filter((figures) => figures !== null);
  if (all.length === 0) return null;
  const mean = (name: 'p50' | 'p95' | 'p99'): number =>
    all.reduce((sum, figures) => sum + figures[name], 0) / all.length;
  return { p50: mean('p50'), p95: mean('p95'), p99: mean('p99'), max: Math.max(...all.map(({ max }) => max)) };
}
