/** What `record` was asked to do, as its options came in. */
import type { OptionModes } from './modes.js';
import type { Signals } from '../signals.js';
import { WINDOW_NAMING_TAKEN_BY } from './window.js';
import type { PersonsPlayOptions } from './persons-play.js';

/** The values of `--keys-from`. */
export const KEY_SOURCES = ['auto', 'xi2', 'uiohook'] as const;
export type KeySourceChoice = (typeof KEY_SOURCES)[number];

export interface RecordOptions extends PersonsPlayOptions {
  readonly out: string;
  readonly name?: string;
  readonly rate?: number;
  readonly seconds?: number;
  readonly hotKeys: string;
  readonly keysFrom: KeySourceChoice;
  readonly json?: boolean;
}

type RecordMode = 'window' | 'page';

/** Which way to record takes which option. */
export const RECORD_OPTION_MODES: OptionModes<RecordMode, RecordOptions> = {
  words: { window: 'a window (--window)', page: "the arena's page (--arena --browser)" },
  takenBy: {
    arena: ['page'],
    browser: ['page'],
    seed: ['page'],
    level: ['page'],
    ...WINDOW_NAMING_TAKEN_BY,
    capture: 'every',
    keys: 'every',
    activate: 'every',
    out: 'every',
    name: 'every',
    rate: 'every',
    seconds: 'every',
    hotKeys: 'every',
    keysFrom: 'every',
    json: 'every',
  },
};

/** What every way to record is handed. */
export interface RecordContext {
  readonly options: RecordOptions;
  /** The session's name, which no path is. */
  readonly name: string;
  readonly signals: Signals;
  /** Text for people, on standard error. */
  readonly say: (text: string) => void;
}
