/**
 * What the live page is told, by the run's thread to the server's and by the server to its viewers. The page imports
 * this too, so nothing here may need Node.
 */
import type { TickCounts } from '../agent/tick-counts.js';
import type { TickFigures } from '../agent/tick-figures.js';
import type { HeldActions } from '../core/action-set.js';
import type { TickOutcome } from '../core/tick-report.js';

/** One tick, as ticks.jsonl has it. */
export interface WatchTick extends TickFigures {
  /** Position in the run, missed ticks counted; equals `slot` of ticks.jsonl. */
  readonly slot: number;
  readonly outcome: TickOutcome;
  /** Why it might not act: "focus: the game window does not have it"; null otherwise. */
  readonly gate: string | null;
  /** What the agent held once the tick was over. */
  readonly held: HeldActions;
  /** What the model decided; null where it decided nothing. */
  readonly decided: HeldActions | null;
  /** What a person held; null where nobody watches that. */
  readonly human: HeldActions | null;
  /** False while the latent window fills. */
  readonly ready: boolean;
  readonly missedBefore: number;
  /** Of the run up to this tick. */
  readonly counts: TickCounts;
}

/** What stays the same for a run. */
export interface WatchRun {
  readonly mode: string;
  /** Name of the bundle. */
  readonly model: string;
  /** The run folder's own name. */
  readonly name: string;
  readonly rateHz: number;
  readonly budgetMs: number;
  /** K names: bit i of a held set is action i, and so is probability i. */
  readonly actions: readonly string[];
}

/** Whether the agent is meant to act. */
export interface WatchArming {
  readonly state: string;
  readonly reason: string | null;
  /** Who said so. */
  readonly by: string;
}

/** A gate that closed, or all of them open again (null). */
export interface WatchGateChange {
  readonly slot: number;
  readonly atUnixMs: number;
  readonly gate: string | null;
}

/** Scores of one stretch of frames; the names are those of the evaluation. */
export interface WatchScore {
  readonly frames: number;
  readonly perAction: Readonly<
    Record<
      string,
      {
        readonly precision: number;
        readonly recall: number;
        readonly f1: number;
        readonly onsetF1: number;
        readonly support: number;
      }
    >
  >;
  readonly composite: number;
  readonly onsetF1: number;
}

/** Scores beside a person. */
export interface WatchScores {
  /** Of the last {@link rollingSeconds}; null before the first frame that has both. */
  readonly rolling: WatchScore | null;
  readonly rollingSeconds: number;
  /** Of the whole run, as of its frame number {@link WatchScore.frames}. */
  readonly whole: WatchScore | null;
  /** Actions held in fewer frames say too little. */
  readonly evidenceFloor: number;
}

/** Everything that is not a tick or a picture; the newest is all that matters. */
export interface WatchState {
  readonly run: WatchRun | null;
  /** Null where nothing could be armed: shadow, a recorded session. */
  readonly arming: WatchArming | null;
  /** Press and release probabilities in force, by action. */
  readonly thresholds: Readonly<Partial<Record<string, { readonly press: number; readonly release: number }>>>;
  readonly scores: WatchScores | null;
  /** The newest last. */
  readonly gates: readonly WatchGateChange[];
  /** The run is over. */
  readonly ended: boolean;
}

/** Before there is a run. */
export const NO_STATE: WatchState = {
  run: null,
  arming: null,
  thresholds: {},
  scores: null,
  gates: [],
  ended: false,
};

/** What a viewer is sent: what it has not got yet. */
export interface WatchUpdate {
  /** First message of a stream only: what the viewer acknowledges pictures with, and whether it may command. */
  readonly hello?: { readonly viewer: number; readonly control: boolean };
  /** Where it changed. */
  readonly state?: WatchState;
  readonly ticks: readonly WatchTick[];
  /** Ticks that this viewer was too slow for, since the last message. */
  readonly dropped: number;
}

/** Size of a picture, px. */
export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

/** A picture's description; its bytes follow it: colour (BGRA, alpha undefined), then gray. */
export interface PictureHeader {
  /** Counts up from 1. */
  readonly number: number;
  /** The tick that looked at it. */
  readonly slot: number;
  /** The crop that the model is shown, scaled down. */
  readonly colour: PictureSize;
  /** What the encoder was given. */
  readonly gray: PictureSize;
}

/** A picture for viewers. */
export interface WatchPicture {
  readonly header: PictureHeader;
  /** 4 x width x height bytes */
  readonly colour: Uint8Array;
  /** width x height bytes */
  readonly gray: Uint8Array;
}

/** What a person can order from the page. */
export const WATCH_COMMANDS = ['arm', 'pause', 'resume', 'panic'] as const;
export type WatchCommand = (typeof WATCH_COMMANDS)[number];

/** What came of an order. */
export interface CommandAnswer {
  /** False where it was so already, or the state waits for another order. */
  readonly changed: boolean;
  readonly arming: WatchArming;
}
