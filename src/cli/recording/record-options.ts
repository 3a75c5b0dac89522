/** What `record` was asked to do, as its options came in. */
import type { Signals } from '../signals.js';
import type { WindowChoiceOptions } from '../window-options.js';

/** The values of `--keys-from`. */
export const KEY_SOURCES = ['auto', 'xi2', 'uiohook'] as const;
export type KeySourceChoice = (typeof KEY_SOURCES)[number];

export interface RecordOptions extends WindowChoiceOptions {
  readonly arena?: boolean;
  readonly browser?: boolean;
  readonly seed: number;
  readonly level: 'normal' | 'hard';
  readonly out: string;
  readonly name?: string;
  readonly rate?: number;
  readonly seconds?: number;
  readonly hotKeys: string;
  readonly keysFrom: KeySourceChoice;
  readonly json?: boolean;
}

/** What every way to record is handed. */
export interface RecordContext {
  readonly options: RecordOptions;
  /** The session's name, which no path is. */
  readonly name: string;
  readonly signals: Signals;
  /** Text for people, on standard error. */
  readonly say: (text: string) => void;
}
