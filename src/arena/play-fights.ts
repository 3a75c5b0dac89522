/** Fights of scripted players without a picture, as fast as the machine allows. */
import { Fight, type FightSummary, type Level } from './fight.js';
import { createPlayer, type PlayerName } from './players/index.js';
import type { Player } from './players/player.js';

export interface PlayFightsOptions {
  readonly player: PlayerName;
  /** >= 1 */
  readonly fights: number;
  /** Fight i, 0-based, is played with seed + i. */
  readonly seed: number;
  readonly level: Level;
  /** Called after each fight. */
  readonly onFight?: (summary: FightSummary, index: number) => void;
}

export interface FightsResult {
  readonly player: PlayerName;
  readonly level: Level;
  readonly fights: number;
  readonly wins: number;
  /** 0..1 */
  readonly winRate: number;
  readonly meanSeconds: number;
  /** Mean hits on the boss. */
  readonly meanHits: number;
  /** Mean hit points lost. */
  readonly meanDamage: number;
  readonly perFight: readonly FightSummary[];
}

/** Plays the fights one after the other. */
export function playFights({ player, fights, seed, level, onFight }: PlayFightsOptions): FightsResult {
  const scripted = createPlayer(player);
  const perFight: FightSummary[] = [];
  for (let index = 0; index < fights; index += 1) {
    const summary = playFight(scripted, seed + index, level);
    perFight.push(summary);
    onFight?.(summary, index);
  }
  const mean = (of: (summary: FightSummary) => number): number =>
    perFight.reduce((sum, summary) => sum + of(summary), 0) / perFight.length;
  const wins = perFight.filter(({ outcome }) => outcome === 'won').length;
  return {
    player,
    level,
    fights,
    wins,
    winRate: wins / fights,
    meanSeconds: mean(({ seconds }) => seconds),
    meanHits: mean(({ hits }) => hits),
    meanDamage: mean(({ damage }) => damage),
    perFight,
  };
}

/** `arena --player --json`. */
export type PlayedAlone = Omit<FightsResult, 'meanDamage' | 'perFight'> & { readonly seed: number };

/** The same, in short. */
export function playAlone(options: PlayFightsOptions): PlayedAlone {
  const { player, fights, wins, winRate, meanSeconds, meanHits, level } = playFights(options);
  return { player, fights, wins, winRate, meanSeconds, meanHits, level, seed: options.seed };
}

/** For people. */
export function playAloneText({ player, fights, wins, winRate, meanSeconds, meanHits, level }: PlayedAlone): string {
  return (
    `${player} won ${wins} of ${fights} fights (${(100 * winRate).toFixed(1)} %) at level ${level}; ` +
    `${meanSeconds.toFixed(1)} s and ${meanHits.toFixed(1)} hits on the boss a fight`
  );
}

function playFight(player: Player, seed: number, level: Level): FightSummary {
  const fight = new Fight({ seed, level });
  player.reset(seed);
  while (fight.outcome === null) fight.step(player.decide(fight.state));
  return fight.summary;
}
