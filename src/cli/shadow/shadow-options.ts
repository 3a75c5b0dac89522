/** What `shadow` was asked to do, as its options came in. */
import type { PlayEngine } from '../run/play-engine.js';
import type { KeySourceChoice } from '../recording/record-options.js';
import type { LiveWatch } from '../../watch/live-watch.js';
import type { Signals } from '../signals.js';
import type { WatchOptions } from '../watch/watch-options.js';
import type { WindowChoiceOptions } from '../window-options.js';

export interface ShadowOptions extends WindowChoiceOptions, WatchOptions {
  readonly arena?: boolean;
  readonly browser?: boolean;
  readonly seed: number;
  readonly level: 'normal' | 'hard';
  readonly model?: string;
  readonly engine?: PlayEngine;
  readonly threshold?: string;
  readonly rate?: number;
  readonly budgetMs: number;
  readonly seconds?: number;
  /** Where the recording goes. */
  readonly out: string;
  readonly name?: string;
  readonly hotKeys: string;
  readonly keysFrom: KeySourceChoice;
  readonly evidenceFloor: number;
  readonly runs: string;
  /** Clips of the largest disagreements, so many at most; true: {@link DEFAULT_CLIPS}. */
  readonly watchDisagreements?: number | true;
  readonly json?: boolean;
}

/** Half a minute of video to look through. */
export const DEFAULT_CLIPS = 5;
/** That many may be asked for. */
export const MOST_CLIPS = 50;

/** What every way to shadow is handed. */
export interface ShadowContext {
  readonly options: ShadowOptions;
  /** The session's name, which no path is. */
  readonly name: string;
  readonly signals: Signals;
  readonly logLevel: 'debug' | 'info';
  /** The live page, where one is served. */
  readonly watch?: LiveWatch;
  /** Text for people, on standard error. */
  readonly say: (text: string) => void;
}
