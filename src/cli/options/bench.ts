/** What `bench` was asked to do, as its options came in; and the run that it measures, in `play`'s terms. */
import type { PlayEngine } from '../../runs/play-engine.js';
import type { PlayContext, PlayOptions } from './play.js';
import type { SafetyOptions } from './safety.js';
import type { WatchOptions } from './watch.js';
import type { WindowOptions } from './window.js';

export interface BenchOptions extends WindowOptions, SafetyOptions, WatchOptions {
  readonly arena?: boolean;
  /** The arena's page turns black and white: photon to key is measured too. */
  readonly flash?: boolean;
  readonly flashes: number;
  readonly seed: number;
  readonly level: 'normal' | 'hard';
  readonly model?: string;
  readonly engine?: PlayEngine;
  /** Ticks a second; default 10. */
  readonly rate: number;
  /** Measured, after the warm-up. */
  readonly seconds: number;
  readonly budgetMs: number;
  readonly p99Ms: number;
  /** 0..1 */
  readonly missRate: number;
  readonly unpaced?: boolean;
  /** Busy processes beside it. */
  readonly load: number;
  readonly rateSweep?: { readonly from: number; readonly to: number };
  readonly matrix?: boolean;
  readonly runs: string;
  /** Folder for the page and the figures as JSON. */
  readonly out?: string;
  readonly json?: boolean;
}

/** Where ticks are measured. */
export type BenchMode = 'arena' | 'window' | 'flash';

/** Ticks at the start that are not measured: the latent window fills and code is compiled. */
export const WARMUP_TICKS = 60;

/** The run as `play` takes it: the same options, no view, as long as warm-up and measurement last. */
export function playOptionsOf(options: BenchOptions, rateHz: number): PlayOptions {
  return {
    ...options,
    fights: Number.MAX_SAFE_INTEGER, // until the time is over
    rate: rateHz,
    anyRate: true, // what is measured is time, not play
    seconds: WARMUP_TICKS / rateHz + options.seconds,
    view: 'none',
    faultSeed: 1, // no fault is asked for
    ...(options.unpaced || options.flash ? { apply: 'at-once' } : {}),
  };
}

/** What a bench hands to the run: `play`'s context around other options. */
export type BenchContext = Pick<PlayContext, 'signals' | 'logLevel' | 'say' | 'watch'>;
