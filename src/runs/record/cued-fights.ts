/**
 * Marks fights in a recording as the game's cues tell, and logs its meters. A fight that a person began, with a hot key
 * or a button, is left to the person: markers from both would cut it in two. A person may end any fight.
 */
import type { FightEdge, GamePicture, GameState } from '../../games/game-state.js';
import type { GameWatcher } from '../../games/game-watcher.js';
import type { SessionWriter, WriterStatus } from '../../session/session-writer.js';

/** Where markers and meters are written: a session's writer. */
export interface MarkedLog extends Pick<SessionWriter, 'marker' | 'meters'> {
  readonly status: Pick<WriterStatus, 'fights' | 'inFight'>;
}

/** What was seen so far, for those who show it. */
export interface SeenGame {
  /** Fights that the cues marked, by their outcome. */
  readonly outcomes: Readonly<Record<'won' | 'lost' | 'ended', number>>;
  /** Of the newest picture; null for one that cannot be read. */
  readonly meters: GameState['meters'];
}

export class CuedFights {
  readonly #game: Pick<GameWatcher, 'look' | 'finish'>;
  readonly #log: MarkedLog;
  /** Number of the fight that the cues began last; 0 before the first. */
  #own = 0;
  #seen: SeenGame = { outcomes: { won: 0, lost: 0, ended: 0 }, meters: {} };

  /** @param log of the session that is recorded; times are those of the pictures */
  constructor(game: Pick<GameWatcher, 'look' | 'finish'>, log: MarkedLog) {
    this.#game = game;
    this.#log = log;
  }

  get seen(): SeenGame {
    return this.#seen;
  }

  /** Takes the next picture. Its time must not go back. */
  look(picture: GamePicture): void {
    const { meters, edges } = this.#game.look(picture);
    this.#seen = { ...this.#seen, meters };
    this.#log.meters(meters, picture.capturedAtMs);
    for (const edge of edges) this.#take(edge);
  }

  /** No picture follows. A fight that still is on stays open: the end of the recording closes it, without an outcome. */
  finish(atMs: number): void {
    for (const edge of this.#game.finish(atMs).edges) if (edge.atMs < atMs) this.#take(edge);
  }

  /** A fight is written as ended when its outcome is known, with the time at which it closed. */
  #take(edge: FightEdge): void {
    const { inFight, fights } = this.#log.status;
    if (edge.edge === 'began' && !inFight) {
      this.#log.marker('fight_start', edge.atMs);
      this.#own = fights + 1;
    }
    if (edge.edge !== 'ended' || !inFight || fights !== this.#own) return;
    this.#log.marker('fight_end', edge.atMs, edge.outcome);
    const { outcomes } = this.#seen;
    this.#seen = { ...this.#seen, outcomes: { ...outcomes, [edge.outcome]: outcomes[edge.outcome] + 1 } };
  }
}
