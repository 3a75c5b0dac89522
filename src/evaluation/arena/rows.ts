/** The results of many fights as one row of a table: of an agent or of a scripted player. */
import type { FightSummary, Level } from '../../arena/fight.js';
import { playFights } from '../../arena/play-fights.js';
import { PLAYER_NAMES, type PlayerName } from '../../arena/players/index.js';
import { wilson95 } from '../intervals.js';

/** One phase over all fights that reached it. */
export interface PhaseRow {
  readonly phase: 1 | 2 | 3;
  /** Fights that reached it. */
  readonly reached: number;
  /** Fights that beat it. */
  readonly passed: number;
  /** passed / reached, 0..1; 0 where no fight reached it. */
  readonly passRate: number;
  /** Means over the fights that reached it; 0 where none did. */
  readonly meanSeconds: number;
  readonly meanHits: number;
  readonly meanDamage: number;
}

export interface FightsRow {
  readonly fights: number;
  readonly wins: number;
  /** 0..1 */
  readonly winRate: number;
  /** Wilson's 95 % interval of the win rate. */
  readonly winRate95: readonly [low: number, high: number];
  /** Mean survival: game time to the end of a fight, whatever it was, s. */
  readonly meanSeconds: number;
  /** Mean hits on the boss, 0..162. */
  readonly meanHits: number;
  /** Mean hit points lost, 0..3. */
  readonly meanDamage: number;
  /** Phases 1 to 3. */
  readonly byPhase: readonly PhaseRow[];
}

const meanOf = (values: readonly number[]): number =>
  values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;

/** @param fights ended ones, at least one */
export function rowOf(fights: readonly FightSummary[]): FightsRow {
  const wins = fights.filter(({ outcome }) => outcome === 'won').length;
  return {
    fights: fights.length,
    wins,
    winRate: wins / fights.length,
    winRate95: wilson95(wins, fights.length),
    meanSeconds: meanOf(fights.map(({ seconds }) => seconds)),
    meanHits: meanOf(fights.map(({ hits }) => hits)),
    meanDamage: meanOf(fights.map(({ damage }) => damage)),
    byPhase: ([1, 2, 3] as const).map((phase) => phaseRow(fights, phase)),
  };
}

function phaseRow(fights: readonly FightSummary[], phase: 1 | 2 | 3): PhaseRow {
  const beaten = ({ phases, outcome }: FightSummary): boolean =>
    phase === 3 ? outcome === 'won' : phases[phase].seconds > 0;
  const reached = fights.filter(({ phases }) => phases[phase - 1].seconds > 0);
  const passed = reached.filter(beaten).length;
  const inPhase = reached.map(({ phases }) => phases[phase - 1]);
  return {
    phase,
    reached: reached.length,
    passed,
    passRate: reached.length === 0 ? 0 : passed / reached.length,
    meanSeconds: meanOf(inPhase.map(({ seconds }) => seconds)),
    meanHits: meanOf(inPhase.map(({ hits }) => hits)),
    meanDamage: meanOf(inPhase.map(({ damage }) => damage)),
  };
}

/**
 * The scripted players in the same fights, headless. Other work of the event loop runs between two fights.
 *
 * @returns null when the signal aborted
 */
export async function scriptedRows(
  { fights, seed, level }: { readonly fights: number; readonly seed: number; readonly level: Level },
  signal: AbortSignal,
): Promise<Readonly<Record<PlayerName, FightsRow>> | null> {
  const rows: Partial<Record<PlayerName, FightsRow>> = {};
  for (const player of PLAYER_NAMES) {
    const played: FightSummary[] = [];
    for (let index = 0; index < fights; index += 1) {
      if (signal.aborted) return null;
      played.push(...playFights({ player, fights: 1, seed: seed + index, level }).perFight);
      await new Promise((resolve) => setImmediate(resolve));
    }
    rows[player] = rowOf(played);
  }
  return rows as Record<PlayerName, FightsRow>;
}
