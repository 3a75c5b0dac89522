/**
 * Keeps what a run needs of a game's fights: whether one is on, since when, and those that have ended. Looks through the
 * game's watcher at each picture once; starts and ends nothing by itself.
 */
import type { SeenFight } from '../../agent/gates/fight.js';
import type { Frame } from '../../core/frame.js';
import { NO_FIGHTS, type MeterValues, type SeenGame } from '../../core/seen-game.js';
import type { GameFile } from '../../games/game-file.js';
import type { FightEdge, FightOutcome, GameState } from '../../games/game-state.js';
import type { GameWatcher } from '../../games/game-watcher.js';

/** A fight that has ended, as the game's cues and meters have it. */
export interface TrackedFight {
  /** Of the first picture that shows it, and of the first one without it, ms on the loop's clock. */
  readonly beganAtMs: number;
  readonly endedAtMs: number;
  readonly outcome: FightOutcome;
  /** The last value of each meter; null where it was never read. */
  readonly meters: MeterValues;
  /** False where it was on already when the game was first looked at: it may have begun long before. */
  readonly isWhole: boolean;
}

export class FightTracker {
  readonly #watcher: Pick<GameWatcher, 'look' | 'finish'>;
  readonly #cues: GameFile['cues'];
  readonly #onEdge: (edge: FightEdge) => void;
  readonly #ended: TrackedFight[] = [];
  #firstAtMs: number | null = null;
  #lastAtMs = Number.NEGATIVE_INFINITY;
  #seen: SeenFight = { fighting: null, isPlay: false };
  /** Of the fight. */
  #meters: MeterValues = {};
  #outcomes = NO_FIGHTS;
  /** Of the newest picture. */
  #shown: MeterValues = {};

  /** @param onEdge called for each edge, for the log */
  constructor(
    watcher: Pick<GameWatcher, 'look' | 'finish'>,
    cues: GameFile['cues'],
    onEdge: (edge: FightEdge) => void = () => undefined,
  ) {
    this.#watcher = watcher;
    this.#cues = cues;
    this.#onEdge = onEdge;
  }

  /** True where the game says when a fight is on. */
  get hasCue(): boolean {
    return Object.keys(this.#cues).length > 0;
  }

  /** Whether a fight is on; null where the game does not say. */
  get fighting(): boolean | null {
    return this.#seen.fighting;
  }

  /** The last value of each meter in the fight that is on, or in the last one. */
  get meters(): MeterValues {
    return this.#meters;
  }

  /** For those who show it: fights by their outcome, and what the meters show now. */
  get seen(): SeenGame {
    return { outcomes: this.hasCue ? this.#outcomes : null, meters: this.#shown };
  }

  /** The oldest ended fight that was not taken yet; null where there is none. */
  take(): TrackedFight | null {
    return this.#ended.shift() ?? null;
  }

  get hasEnded(): boolean {
    return this.#ended.length > 0;
  }

  look(frame: Frame): SeenFight {
    const atMs = frame.capturedAtMs;
    if (atMs <= this.#lastAtMs) return this.#seen; // the same picture again
    this.#lastAtMs = atMs;
    this.#firstAtMs ??= atMs;
    this.#take(this.#watcher.look(frame));
    return this.#seen;
  }

  /** No picture follows: a fight that is on ends now. */
  finish(): void {
    if (this.#firstAtMs !== null) this.#take(this.#watcher.finish(this.#lastAtMs));
  }

  #take({ fighting, scores, edges, meters: shown, fightMeters, endedMeters }: GameState): void {
    this.#shown = shown;
    for (const edge of edges) {
      this.#onEdge(edge);
      if (edge.edge !== 'ended') continue;
      this.#outcomes = { ...this.#outcomes, [edge.outcome]: this.#outcomes[edge.outcome] + 1 };
      this.#ended.push({
        beganAtMs: edge.beganAtMs,
        endedAtMs: edge.atMs,
        outcome: edge.outcome,
        meters: endedMeters,
        isWhole: edge.beganAtMs !== this.#firstAtMs,
      });
    }
    this.#meters = fightMeters;
    this.#seen = { fighting, isPlay: this.#isPlay(scores) };
  }

  /** As the follower counts a picture: `fighting` is seen where the game has it, and neither `won` nor `lost` is. */
  #isPlay(scores: GameState['scores']): boolean {
    return Object.entries(this.#cues).every(([name, cue]) => {
      const isSeen = (scores[name as keyof GameState['scores']] ?? -1) >= cue.atLeast;
      return isSeen === (name === 'fighting');
    });
  }
}
