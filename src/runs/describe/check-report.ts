/** What `game check` reports. Types only; scripts rely on the fields, which docs/cli.md names. */
import type { CueName } from '../../games/game-file-schema.js';
import type { FightOutcome, GameState } from '../../games/game-state.js';

/** What one picture said. */
export interface GameSample {
  readonly atSeconds: number;
  readonly fighting: boolean | null;
  readonly scores: GameState['scores'];
  readonly meters: GameState['meters'];
}

/** A fight that was found. */
export interface FoundFight {
  readonly fromSeconds: number;
  readonly toSeconds: number;
  readonly seconds: number;
  readonly outcome: FightOutcome;
  /** `won` and `lost` were seen at once. */
  readonly disputed: boolean;
  /** The last value of each meter in the fight. */
  readonly meters: GameState['endedMeters'];
}

export interface CueSummary {
  readonly atLeast: number;
  /** 0 to 100 */
  readonly seenPercent: number;
  /** Correlations over all pictures. */
  readonly scores: { readonly p5: number; readonly p50: number; readonly p95: number; readonly max: number };
  /** 0 to 100, the pictures whose correlation is within 0.1 of `atLeast`: of these it is not sure. */
  readonly unsurePercent: number;
}

export interface MeterSummary {
  /** 0 to 100 */
  readonly readPercent: number;
  readonly least: number | null;
  readonly most: number | null;
  readonly last: number | null;
  /** Of a bar, in use at the end; null while unknown. Absent for numbers. */
  readonly colours?: { readonly full: string; readonly empty: string } | null;
}

/** `game check --json`. */
export interface GameCheck {
  readonly game: string;
  readonly source: string;
  readonly pictures: number;
  readonly seconds: number;
  /** px, of the last picture. */
  readonly window: { readonly width: number; readonly height: number };
  readonly fights: readonly FoundFight[];
  readonly cues: Readonly<Partial<Record<CueName, CueSummary>>>;
  readonly meters: Readonly<Record<string, MeterSummary>>;
  /** What is wrong or worth knowing, a sentence each. */
  readonly notes: readonly string[];
  /** At most 1000, evenly chosen. */
  readonly samples: readonly GameSample[];
  /** What a look at one picture cost, ms. */
  readonly lookMs: { readonly p50: number; readonly p95: number; readonly max: number };
  /** Figures that were written. */
  readonly figures: readonly string[];
}
