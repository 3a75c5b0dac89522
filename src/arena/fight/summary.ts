/** The result of a fight, for reports and run folders. */
import { STEP_RATE_HZ, type Level } from './rules.js';
import type { FightState, Outcome, Phase, ThreatKind } from './state.js';

export interface FightSummary {
  readonly seed: number;
  readonly level: Level;
  /** Null while the fight is not over. */
  readonly outcome: Outcome | null;
  /** Game time so far, s. */
  readonly seconds: number;
  /** Hits on the boss. */
  readonly hits: number;
  /** Hit points lost, 0..3. */
  readonly damage: number;
  /** What hit the player, how often. */
  readonly damageBy: Readonly<Record<ThreatKind, number>>;
  /** Phases 1 to 3; a phase that was not reached has 0 seconds. The change into a phase belongs to it. */
  readonly phases: readonly {
    readonly phase: Phase;
    readonly seconds: number;
    readonly hits: number;
    readonly damage: number;
  }[];
  readonly shotsFired: number;
}

export function summarize(state: Readonly<FightState>): FightSummary {
  const { tally } = state;
  return {
    seed: state.seed,
    level: state.level,
    outcome: state.outcome,
    seconds: state.step / STEP_RATE_HZ,
    hits: tally.reduce((sum, { hits }) => sum + hits, 0),
    damage: tally.reduce((sum, { damage }) => sum + damage, 0),
    damageBy: { ...state.damageBy },
    phases: tally.map(({ steps, hits, damage }, index) => ({
      phase: (index + 1) as Phase,
      seconds: steps / STEP_RATE_HZ,
      hits,
      damage,
    })),
    shotsFired: state.shotsFired,
  };
}
