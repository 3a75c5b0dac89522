/** What `play` was asked to do, as its options came in. */
import type { FaultOptions } from './faults.js';
import type { WindowOptions } from './window.js';
import type { Policy } from '../../core/decision.js';
import type { ModelPolicy } from '../../policy/policy.js';
import type { TickObserver } from '../../core/tick-report.js';
import type { LiveWatch } from '../../watch/live-watch.js';
import type { Signals } from '../signals.js';
import type { WatchOptions } from './watch.js';
import type { RunSettings } from '../../runs/agent-run.js';
import type { PlayEngine } from '../../runs/play-engine.js';
import type { SafetyOptions } from './safety.js';

export interface PlayOptions extends WindowOptions, SafetyOptions, FaultOptions, WatchOptions {
  readonly arena?: boolean;
  readonly browser?: boolean;
  readonly fights: number;
  readonly seed: number;
  readonly level: 'normal' | 'hard';
  readonly model?: string;
  /** Default onnxruntime. */
  readonly engine?: PlayEngine;
  readonly threshold?: string;
  readonly apply?: 'at-once' | 'next-tick';
  readonly rate?: number;
  readonly anyRate?: boolean;
  readonly budgetMs: number;
  readonly seconds?: number;
  readonly view: 'terminal' | 'none';
  readonly runs: string;
  /** Keep the pictures as a video in the run's folder. */
  readonly recordVideo?: boolean;
  /** Keep the run as a session of this name, with whose hand held which key. */
  readonly record?: string;
  /** In the background, reached with status, pause, stop and the like. */
  readonly detach?: boolean;
  readonly json?: boolean;
  /** Play a recorded session again, on a virtual clock. */
  readonly session?: string;
  readonly lenient?: boolean;
}

/** What every way to play is handed. */
export interface PlayContext {
  readonly options: PlayOptions;
  readonly signals: Signals;
  readonly logLevel: 'debug' | 'info';
  /** Text for people, on standard error: standard output is for the summary. */
  readonly say: (text: string) => void;
  /** Told once the run may be found and asked; absent: nobody waits for that. */
  readonly onServing?: RunSettings['onServing'];
  /** The live page, where one is served. */
  readonly watch?: LiveWatch;
  /** Who else watches each tick: a bench. */
  readonly observers?: readonly TickObserver[];
  /** A tick follows the last at once, for benches. */
  readonly unpaced?: boolean;
  /** What answers in the place of the model, which it may ask. */
  readonly wrapPolicy?: (policy: ModelPolicy) => Policy;
}

/** What the run around the loop needs of all that. */
export function runSettings(context: PlayContext, rateHz: number): RunSettings {
  const { options, signals, logLevel, say, onServing, observers = [], unpaced = false, watch } = context;
  const { budgetMs, view, runs, recordVideo = false } = options;
  const stop = (): void => signals.stop();
  const told = { observers, recordVideo, unpaced, ...(onServing && { onServing }), ...(watch && { watch }) };
  return { rateHz, budgetMs, view, runs, logLevel, signal: signals.signal, stop, say, ...told };
}
