/** What `demos` is asked for, and what can be recorded for it. */
import type { Level } from '../../arena/fight.js';
import type { PlayerName } from '../../arena/players/index.js';
import type { KeysymOfAction } from '../../keyboard/key-map.js';
import type { SessionWriter, SessionWriterOptions } from '../../session/session-writer.js';
import type { SteppedFile } from '../../stepped/games/program.js';
import type { PreprocessingContract } from '../../vision/preprocessing-contract.js';

/** Who plays; with `agent` the keys that are recorded are the expert's, or those of the game's demonstrator. */
export type DemosPlayer = PlayerName | 'demonstrator' | 'agent';

export interface DemosOptions {
  readonly player: DemosPlayer;
  /** The bundle that plays as `agent`. */
  readonly model?: string;
  /** With `agent`: the part of the time in which the teacher plays instead, 0..1. Default 0. */
  readonly teacherShare?: number;
  readonly fights: number;
  readonly seed: number;
  readonly in: ArenaDemos | SteppedDemos;
  readonly out: string;
  readonly name: string;
  readonly video: boolean;
}

export interface ArenaDemos {
  readonly kind: 'arena';
  readonly level: Level;
  readonly noise: number;
  /** The expert waits for the ground before it presses JUMP again. */
  readonly patient?: boolean;
}

export interface SteppedDemos {
  readonly kind: 'stepped';
  readonly game: SteppedFile;
  readonly keys: KeysymOfAction;
  readonly rateHz: number;
  readonly contract: PreprocessingContract;
}

/** Fights that can be recorded. */
export interface Demonstrations extends AsyncDisposable {
  /** What the session's writer is told of them. */
  readonly session: Pick<
    SessionWriterOptions,
    'rateHz' | 'width' | 'height' | 'source' | 'contract' | 'actions' | 'keys' | 'game'
  >;
  /** @param onFrame done: 0..1 of all fights @returns the outcomes of those that were played to their end */
  record(
    writer: SessionWriter,
    onFrame: (done: number, fightsDone: number) => void,
    signal: AbortSignal,
  ): Promise<readonly string[]>;
}
