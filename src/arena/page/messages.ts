/**
 * The messages between the arena's page and its server: JSON over loopback, always as requests of the page. Types only,
 * so that the page loads no module of the server; the server checks every post against a schema of the same shape.
 */
import type { FightSummary, Level, Outcome, Stage } from '../fight.js';
import type { InputRun } from '../replay.js';

/** Which fight. */
export interface FightChoice {
  /** Integer, 0..2^53-1. */
  readonly seed: number;
  readonly level: Level;
}

/** One key event as the page saw it. */
export interface KeyEventRecord {
  readonly type: 'down' | 'up';
  /** KeyboardEvent.code (the physical key), or its `key` where the event names no physical key. */
  readonly code: string;
  /** Wall clock, ms since 1970, taken from the page's monotonic clock when its listener ran. */
  readonly tMs: number;
  /** An auto-repeat of a held key: not an edge. */
  readonly repeat: boolean;
}

/** Keys counted since the page was loaded; the counts never decrease. */
export interface KeyCounts {
  /** Presses of the game keys, auto-repeats left out. */
  readonly presses: number;
  /** Releases of the game keys. */
  readonly releases: number;
  /** Auto-repeats of the game keys. */
  readonly repeats: number;
  /** Presses, releases and repeats of all other keys. */
  readonly other: number;
}

/** - `waiting`: the first frame is drawn, the fight has not begun. - `over`: its outcome is shown. */
export type PagePhase = 'waiting' | 'fighting' | 'over';

/** Posted once, when the first frame is on the screen. */
export interface ReadyPost {
  /** CSS px of the page. */
  readonly width: number;
  readonly height: number;
  /** Device pixels a CSS px. */
  readonly ratio: number;
  readonly focused: boolean;
}

/** Posted about twice a second, and soon after a key event outside a fight. */
export interface ProgressPost extends FightChoice {
  readonly page: PagePhase;
  /** Steps of 1/60 s so far. */
  readonly steps: number;
  readonly stage: Stage;
  /** The boss's phase, 1..3. */
  readonly bossPhase: number;
  /** The boss's hits left in this phase. */
  readonly bossHitsLeft: number;
  /** 0..3 */
  readonly playerHitPoints: number;
  readonly keys: KeyCounts;
  readonly focused: boolean;
  readonly width: number;
  readonly height: number;
  /** Game time that was dropped because the page was stopped for longer than the longest burst, ms. */
  readonly droppedMs: number;
  readonly drawnFrames: number;
  /** Number of the last command carried out, 0 for none. */
  readonly command: number;
}

/** Posted once a fight ends by itself. */
export interface FightPost extends FightChoice {
  readonly outcome: Outcome;
  /** Game time, s. */
  readonly seconds: number;
  readonly summary: FightSummary;
  /** Every key event since the last fight's post (since the load, for the first). */
  readonly keyEvents: readonly KeyEventRecord[];
  /** Key events beyond the bound of the list: counted, not listed. */
  readonly keyEventsDropped: number;
  readonly keys: KeyCounts;
  readonly inputs: readonly InputRun[];
  readonly stateHash: string;
  readonly droppedMs: number;
}

/** Posted when a fight begins (which ends a running one), and when a fight ends by itself. */
export interface BorderPost extends FightChoice {
  readonly border: 'begin' | 'end';
  /** Wall clock, ms since 1970, read at that moment. */
  readonly tMs: number;
  /** Counts the borders from 1: one that is posted again has its earlier number. */
  readonly number: number;
}

/** Flash mode: what changed on the screen, and what keys came. All times wall clock, ms since 1970. */
export interface FlashPost {
  /** `index` counts flips from 0; `drawnMs` is when the canvas was filled, in the frame that shows it. */
  readonly flips: readonly { readonly index: number; readonly white: boolean; readonly drawnMs: number }[];
  readonly keyEvents: readonly KeyEventRecord[];
  /** True in the last post: all flips asked for were made. */
  readonly done: boolean;
}

/** Posted while the window goes away. */
export interface ClosedPost {
  readonly keys: KeyCounts;
}

export interface Posts {
  readonly ready: ReadyPost;
  readonly progress: ProgressPost;
  readonly fight: FightPost;
  readonly border: BorderPost;
  readonly flash: FlashPost;
  readonly closed: ClosedPost;
}

/** The server's answer to any post. A command is repeated until a progress post names its number. */
export interface Answer {
  readonly command: { readonly number: number; readonly begin: FightChoice } | null;
}
