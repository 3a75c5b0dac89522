/** What `shadow` was asked to do, as its options came in. */
import type { PlayEngine } from '../../runs/play-engine.js';
import type { OptionModes } from './modes.js';
import type { PersonsPlayOptions } from './persons-play.js';
import { RECORD_OPTION_MODES, type KeySourceChoice } from './record.js';
import type { LiveWatch } from '../../watch/live-watch.js';
import type { Signals } from '../signals.js';
import type { WatchOptions } from './watch.js';

export interface ShadowOptions extends PersonsPlayOptions, WatchOptions {
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

/** Which way to shadow takes which option: as `record` does, and the model's anywhere. */
export const SHADOW_OPTION_MODES: OptionModes<'window' | 'page', Omit<ShadowOptions, 'engine'>> = {
  words: RECORD_OPTION_MODES.words,
  takenBy: {
    ...RECORD_OPTION_MODES.takenBy,
    model: 'every',
    threshold: 'every',
    budgetMs: 'every',
    evidenceFloor: 'every',
    watchDisagreements: 'every',
    runs: 'every',
    watch: 'every',
    watchControl: 'every', // refused with its own reason
    watchPort: 'every',
  },
};

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
