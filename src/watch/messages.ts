/**
 * What the live page is sent: from the run's thread to the server's, and from the server to its viewers. The page
 * imports this file too, so nothing here may need Node.
 */
import type { TickCounts } from '../agent/tick-counts.js';
import type { TickFigures } from '../agent/tick-figures.js';
import type { HeldActions } from '../core/action-set.js';
import type { SeenGame } from '../core/seen-game.js';
import type { TickOutcome } from '../core/tick-report.js';

/** The span of time that the page shows, seconds, and its most ticks: 10 s at 240 Hz. */
export const SHOWN_SECONDS = 10;
export const MOST_TICKS = 2400;

/** One tick, with the fields of ticks.jsonl. */
export interface WatchTick extends TickFigures {
  /** Position in the run, missed ticks counted; equals `slot` of ticks.jsonl. */
  readonly slot: number;
  readonly outcome: TickOutcome;
  /** Why the tick was not allowed to act: "focus: the game window does not have it"; null otherwise. */
  readonly gate: string | null;
  /** What the agent held once the tick was over. */
  readonly held: HeldActions;
  /** What the model decided; null where it decided nothing. */
  readonly decided: HeldActions | null;
  /** What a person held; null where this is not watched. */
  readonly human: HeldActions | null;
  /** False while the latent window fills. */
  readonly ready: boolean;
  readonly missedBefore: number;
  /** Counts of the run up to this tick. */
  readonly counts: TickCounts;
}

/** What does not change during a run. */
export interface WatchRun {
  readonly mode: string;
  /** Name of the bundle. */
  readonly model: string;
  /** The name of the run folder. */
  readonly name: string;
  readonly rateHz: number;
  readonly budgetMs: number;
  /** K names: bit i of a held set and probability i are those of action i. */
  readonly actions: readonly string[];
}

/** Whether the agent may act. */
export interface WatchArming {
  readonly state: string;
  readonly reason: string | null;
  /** What set this state. */
  readonly by: string;
}

/** A gate that closed, or all of them open again (null). */
export interface WatchGateChange {
  readonly slot: number;
  readonly atUnixMs: number;
  readonly gate: string | null;
}

/** Scores over a span of frames; the names are those of the evaluation. */
export interface WatchScore {
  readonly frames: number;
  readonly perAction: Readonly<
    Record<string, Readonly<Record<'precision' | 'recall' | 'f1' | 'onsetF1' | 'support', number>>>
  >;
  readonly composite: number;
  readonly onsetF1: number;
}

/** Scores of the agent's decisions against what a person played. */
export interface WatchScores {
  /** Over the last {@link rollingSeconds}; null before the first frame with a decision and a label. */
  readonly rolling: WatchScore | null;
  readonly rollingSeconds: number;
  /** Over the whole run, up to its frame number {@link WatchScore.frames}. */
  readonly whole: WatchScore | null;
  /** An action that was held in fewer frames than this has too little evidence for a score. */
  readonly evidenceFloor: number;
}

/** What a recording has so far. */
export interface RecordingFigures {
  readonly seconds: number;
  readonly frames: number;
  readonly duplicates: number;
  readonly failedGrabs: number;
  /** Closed fights, and the open one. */
  readonly fights: number;
  readonly inFight: boolean;
  /** False while the game window does not have the focus: no key is recorded then. */
  readonly focused: boolean;
  /** Log name of the key that was pressed last in the game window, hot keys too; null before the first. */
  readonly lastKey: string | null;
  /** The actions that the person holds. */
  readonly held: HeldActions;
  /** What the game's cues and meters say: fights by their outcome, and the newest values; null where it has neither. */
  readonly seen: SeenGame | null;
}

/** A recording of a person's play. */
export interface WatchRecording {
  readonly phase: 'waiting' | 'recording';
  /** The session's name; while waiting, the name that is proposed. */
  readonly session: string;
  /** Keysym names of the keys that do what the buttons do. */
  readonly hotKeys: { readonly stop: string; readonly fightStart: string; readonly fightEnd: string };
  /** Null while waiting. */
  readonly figures: RecordingFigures | null;
}

/** Everything that is not a tick or a picture; the newest is all that matters. */
export interface WatchState {
  readonly run: WatchRun | null;
  /** Null where the page shows an agent's run. */
  readonly recording: WatchRecording | null;
  /** Null where nothing could be armed: shadow, a recorded session. */
  readonly arming: WatchArming | null;
  /** The press and release thresholds in force, by action. */
  readonly thresholds: Readonly<Partial<Record<string, { readonly press: number; readonly release: number }>>>;
  readonly scores: WatchScores | null;
  /** Fights of the run by their outcome; null where no cue tells it. */
  readonly outcomes: SeenGame['outcomes'];
  /** The newest last. */
  readonly gates: readonly WatchGateChange[];
  /** The run is over. */
  readonly ended: boolean;
}

/** Before there is a run. */
export const NO_STATE: WatchState = {
  run: null,
  recording: null,
  arming: null,
  thresholds: {},
  scores: null,
  outcomes: null,
  gates: [],
  ended: false,
};

/** What a viewer is sent: everything that it was not sent before. */
export interface WatchUpdate {
  /** In the first message of a stream only: the number to acknowledge pictures with, and whether commands are allowed. */
  readonly hello?: { readonly viewer: number; readonly control: boolean };
  /** Present where it has changed. */
  readonly state?: WatchState;
  readonly ticks: readonly WatchTick[];
  /** Number of ticks since the last message that this viewer was too slow for. */
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
  /** The tick whose frame it is. */
  readonly slot: number;
  /** Size of the crop that the model is given, scaled down. */
  readonly colour: PictureSize;
  /** Size of the encoder's input. */
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

/** The commands that the page of a run can give. */
export const WATCH_COMMANDS = ['arm', 'pause', 'resume', 'panic'] as const;
export type WatchCommand = (typeof WATCH_COMMANDS)[number];

/** The commands that the page of a recording can give. */
export const RECORDING_COMMANDS = ['start', 'fight-start', 'fight-end', 'stop'] as const;
export type RecordingCommand = (typeof RECORDING_COMMANDS)[number];

/** What the page asks for. */
export interface PageOrder {
  readonly command: WatchCommand | RecordingCommand;
  /** The session's name as it was typed, with `start`; null otherwise. */
  readonly name: string | null;
}

/** The result of a command to a run. */
export interface RunAnswer {
  /** False where the state was already the wanted one, or does not allow this command. */
  readonly changed: boolean;
  readonly arming: WatchArming;
}

/** The result of a command to a recording. */
export interface RecordingAnswer {
  /** False where there was nothing to change: a fight that is on cannot begin. */
  readonly changed: boolean;
  readonly recording: WatchRecording;
}

export type CommandAnswer = RunAnswer | RecordingAnswer;
