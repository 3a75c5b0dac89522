/**
 * Marks fights in a recording as the game's cues tell, and logs its meters. A fight that a person began, with a hot key
 * or a button, is left to the person: markers from both would cut it in two. A person may end any fight.
 */
import { NO_FIGHTS, type SeenGame } from '../../core/seen-game.js';
import type { GameFile } from '../../games/game-file.js';
import type { FightEdge, GamePicture, GameState } from '../../games/game-state.js';
import type { CueAccount } from '../../games/cue-account.js';
import { GameWatcher } from '../../games/game-watcher.js';
import type { MetersLine } from '../../session/format/event-lines.js';
import type { SessionWriter, WriterStatus } from '../../session/session-writer.js';

/** Where markers and meters are written: a session's writer. */
export interface MarkedLog extends Pick<SessionWriter, 'marker' | 'meters'> {
  readonly status: Pick<WriterStatus, 'fights' | 'inFight'>;
}

/** Whether the game says when fights begin and end. */
export function marksFights(game: Pick<GameFile, 'cues'> | null): boolean {
  return game !== null && Object.keys(game.cues).length > 0;
}

/** What looks at the game; null where there is nothing to look at. @throws as GameWatcher.open: before anything is written */
export async function openWatcher(game: GameFile | null): Promise<GameWatcher | null> {
  const watcher = game === null ? null : await GameWatcher.open(game);
  return watcher?.hasAnything === true ? watcher : null;
}

/**
 * What was wrong with the cues of a recording, a sentence each; empty where nothing was.
 *
 * @param of the session's path, and its game file
 */
export function adviceAfter(account: CueAccount, of: { readonly session: string; readonly game: string }): string[] {
  const advice = account.advice();
  if (account.fights > 0 || advice.length === 0) return advice;
  return [
    ...advice,
    `Once the cues are right, \`understudy session mark ${of.session} --game ${of.game}\` marks the fights of this recording.`,
  ];
}

export class CuedFights {
  readonly #game: Pick<GameWatcher, 'look' | 'finish'>;
  readonly #log: MarkedLog;
  /** Number of the fight that the cues began last; 0 before the first. */
  #own = 0;
  /** As JSON. Nothing is written for a game without meters. */
  #logged = '{}';
  #outcomes = NO_FIGHTS;
  #isTold = false;
  #meters: GameState['meters'] = {};

  /** @param log of the session that is recorded; times are those of the pictures */
  constructor(game: Pick<GameWatcher, 'look' | 'finish'>, log: MarkedLog) {
    this.#game = game;
    this.#log = log;
  }

  /** Its outcomes are those of the fights that the cues marked. */
  get seen(): SeenGame {
    return { outcomes: this.#isTold ? this.#outcomes : null, meters: this.#meters };
  }

  /** Takes the next picture. Its time must not go back. */
  look(picture: GamePicture): void {
    const { meters, edges, fighting } = this.#game.look(picture);
    this.#isTold = fighting !== null;
    this.#meters = meters;
    this.#logMeters(meters, picture.capturedAtMs);
    for (const edge of edges) this.#take(edge);
  }

  /** No picture follows. A fight that still is on stays open: the end of the recording closes it, without an outcome. */
  finish(atMs: number): void {
    for (const edge of this.#game.finish(atMs).edges) if (edge.atMs < atMs) this.#take(edge);
  }

  /** Written where they differ from the last line: most pictures show what the one before showed. */
  #logMeters(meters: GameState['meters'], atMs: number): void {
    const values = inThousandths(meters);
    const text = JSON.stringify(values);
    if (text === this.#logged) return;
    this.#logged = text;
    this.#log.meters(values, atMs);
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
    this.#outcomes = { ...this.#outcomes, [edge.outcome]: this.#outcomes[edge.outcome] + 1 };
  }
}

/** To three decimals: a bar of some hundred pixels has no more, and neither has a sum of tenths of a second. */
export function inThousandths(meters: GameState['meters']): MetersLine['values'] {
  const entries = Object.entries(meters).map(([name, value]) => {
    return [name, value === null ? null : Math.round(value * 1000) / 1000] as const;
  });
  return Object.fromEntries(entries);
}
