/**
 * The requests of a run: values of the domain, read and checked, with every default filled in. The command line is
 * translated into these; a test writes them as literals. Nothing here knows an option, a file or a live object.
 */
import type { Level } from '../arena/fight.js';
import type { CaptureChoice } from '../capture/backend-names.js';
import type { WindowQuery } from '../capture/game-window.js';
import type { GameFile } from '../games/game-file.js';
import type { KeyLimits } from '../keyboard/guard/protocol.js';
import type { HotKeyNames } from '../keyboard/hot-key-bindings.js';
import type { KeysymOfAction } from '../keyboard/key-map.js';
import type { SinkKind } from '../keyboard/open-key-sink.js';
import type { Act } from '../policy/act-gate.js';
import type { Thresholds } from '../policy/thresholds.js';
import type { Crop, PreprocessingContract } from '../vision/preprocessing-contract.js';
import type { Fault } from './faults/spec.js';
import type { LogLevel } from './log.js';
import type { PlayEngine } from './play-engine.js';
import type { KeySourceChoice } from './record/key-source.js';
import type { RecordedKeys } from './record/log-names.js';

/** Fights of the practice arena: how many, and how hard; seeds count up. */
export interface FightsRequest {
  readonly seed: number;
  readonly level: Level;
  readonly fights: number;
}

/** A window of this display. */
export interface WindowRequest {
  readonly query: WindowQuery;
  /** How long to wait for a window that does not exist yet, ms. */
  readonly waitMs: number;
  /** It is raised and given the focus at the start. */
  readonly activate: boolean;
  /** A program that is started first, with its arguments, and whose window it is; of runs on a private screen. */
  readonly command?: readonly string[] | undefined;
}

/** How a game window is seen, and which keys are the game's. */
export interface ScreenRequest {
  readonly capture: CaptureChoice;
  readonly keys: KeysymOfAction;
  /** Null: no game file was named. */
  readonly game: GameFile | null;
}

/** The same, and how its keys are pressed. */
export interface PressedScreenRequest extends ScreenRequest {
  readonly sink: 'auto' | SinkKind;
}

/** Who decides. */
export interface PolicyRequest {
  /** The bundle's folder; null: the one that ships, or an untrained one that is made at the start. */
  readonly model: string | null;
  readonly engine: PlayEngine;
  /** Replace the bundle's, action by action; the case of the names does not matter. */
  readonly thresholds: Thresholds;
  /** How probabilities become keys; null: as the bundle says. */
  readonly act: Act | null;
  /** Of the draws where it acts by them. */
  readonly actSeed: number;
  /** When a decision is applied; null: as the bundle says. */
  readonly apply: 'at-once' | 'next-tick' | null;
  /** The part of the picture that the game file names; null: the bundle's. */
  readonly crop: Crop | null;
  /** A bundle that was trained on another game is allowed. */
  readonly anyGame: boolean;
}

/** How fast, and how long. */
export interface PaceRequest {
  /** Ticks a second; null: the bundle's. */
  readonly rateHz: number | null;
  /** A rate more than 25 % off the bundle's is allowed. */
  readonly anyRate: boolean;
  /** A tick with lateness + latency above this is late, ms. */
  readonly budgetMs: number;
  /** Ends the run after so long; infinity: it ends with its game. */
  readonly seconds: number;
  /** Each tick follows the last one at once, for benches. */
  readonly unpaced: boolean;
}

/** When the agent may act, and what stops it. */
export interface SafetyRequest {
  /** False: it waits until it is armed. */
  readonly armed: boolean;
  readonly hotKeys: HotKeyNames;
  readonly limits: KeyLimits;
  /** How long keys outlive the last decision, ms; null: the least for the rate. */
  readonly leaseMs: number | null;
  /** The agent takes back so long after the last key of a person who took over, ms. */
  readonly resumeAfterMs: number;
  /** The agent stops acting when the picture has not changed for so long, ms; null: derived from the training. */
  readonly frozenAfterMs: number | null;
}

/** What is kept of a run. */
export interface KeepRequest {
  /** Parent of the run folders. */
  readonly runs: string;
  readonly logLevel: LogLevel;
  /** The pictures, as a video in the run's folder. */
  readonly video: boolean;
}

/** The live page. */
export interface WatchRequest {
  /** 0: any port that is free. */
  readonly port: number;
  /** The page may arm, pause and stop the agent. */
  readonly control: boolean;
}

/** What goes wrong on purpose; a run without faults has none in the list. */
export interface FaultsRequest {
  readonly faults: readonly Fault[];
  /** Draws the frames in which a fault with a chance happens. */
  readonly seed: number;
}

/** Fields of every way to play. */
interface EveryPlay {
  readonly policy: PolicyRequest;
  readonly pace: PaceRequest;
  readonly keep: KeepRequest;
  /** Null: no page is served. */
  readonly watch: WatchRequest | null;
}

/** Play in real time, where faults can be injected. */
interface LivePlay extends EveryPlay {
  readonly view: 'terminal' | 'none';
  readonly faults: FaultsRequest;
}

/** Play through a real window and real keys. */
export interface OnScreenPlay extends LivePlay {
  readonly screen: PressedScreenRequest;
  readonly safety: SafetyRequest;
  /** The session that the run is recorded as, with who held which key; null: none. */
  readonly recordAs: string | null;
}

/** `play --arena`: fights in this process. */
export interface ArenaPlay extends LivePlay {
  readonly mode: 'arena';
  readonly arena: FightsRequest;
  readonly safety: Pick<SafetyRequest, 'armed'>;
}

/** `play --arena --browser`: fights in the arena's page, through its window. */
export interface BrowserPlay extends OnScreenPlay {
  readonly mode: 'browser';
  readonly arena: FightsRequest;
}

/** `play --window`: any window. */
export interface WindowPlay extends OnScreenPlay {
  readonly mode: 'window';
  readonly window: WindowRequest;
}

/** The same, as `play` takes it. */
export interface GamePlay extends WindowPlay {
  /** The game file that was named, and how many fights; null: a window without one. */
  readonly game: GamePlayRequest | null;
}

/** A game that is played, and what of its file may be run. */
export interface GameRequest {
  readonly file: GameFile;
  /** The commands of the file may be run: the game itself, and the program that tells outcomes. */
  readonly allowLaunch: boolean;
}

export interface GamePlayRequest extends GameRequest {
  /** How many fights; null: until the run is ended. */
  readonly fights: number | null;
}

/** `play --session`: a recorded session again, on a virtual clock, with nothing pressed. */
export interface SessionPlay extends EveryPlay {
  readonly mode: 'session';
  readonly session: { readonly name: string; readonly lenient: boolean };
}

/** The request of `play`. */
export type RunRequest = ArenaPlay | BrowserPlay | GamePlay | SessionPlay;

/** Where the recorded person plays: the arena's page, or a window of this display. */
export type PersonsPlace =
  | { readonly kind: 'page'; readonly seed: number; readonly level: Level }
  | ({ readonly kind: 'window' } & WindowRequest);

/** What is recorded of a person's play. */
export interface PersonsRecording {
  readonly place: PersonsPlace;
  readonly screen: ScreenRequest;
  /** The game's keys and those that control the recording. */
  readonly keys: RecordedKeys;
  readonly keysFrom: KeySourceChoice;
  /** False: no video for people, the gray pictures alone. */
  readonly keepsVideo: boolean;
}

/** The request of `record`. */
export interface RecordRequest extends PersonsRecording {
  /** Folder of the session. */
  readonly folder: string;
  /** The session's name, which is not a path; null: it is typed in the live page, which also starts the recording. */
  readonly name: string | null;
  /** Null: no page is served. */
  readonly watch: Pick<WatchRequest, 'port'> | null;
  /** Frames a second. */
  readonly rateHz: number;
  /** Ends it after so long; infinity: only the person ends it. */
  readonly seconds: number;
  /** How the pictures that a model would see are made. */
  readonly contract: PreprocessingContract;
}

/** The request of `shadow`: a model decides beside a person and presses nothing. */
export interface ShadowRequest extends PersonsRecording {
  /** The recording's path without ending. */
  readonly session: string;
  readonly policy: PolicyRequest;
  readonly pace: PaceRequest;
  readonly keep: KeepRequest;
  /** Null: no page is served. */
  readonly watch: WatchRequest | null;
  /** Actions held in fewer frames say too little. */
  readonly evidenceFloor: number;
  /** Clips of the largest disagreements, so many at most; null: none are drawn. */
  readonly clips: number | null;
}
