/** The options of `bench` as Commander passes them, and the request that they make. */
import { given } from '../../core/given.js';
import type { GameFile } from '../../games/game-file.js';
import type { FlashBench } from '../../runs/bench/matrix.js';
import type { BenchRequest } from '../../runs/bench/request.js';
import { keyMapOf } from '../../runs/game-keyboard.js';
import type { LogLevel } from '../../runs/log.js';
import { NO_FAULTS } from './faults.js';
import type { FirstFightOptions } from './fights.js';
import { policyRequest } from '../../runs/asked-policy.js';
import { safetyRequest, type SafetyOptions } from './safety.js';
import { watchRequest, type WatchOptions } from './watch.js';
import { gameFileOf, sinkOf, windowRequest, type WindowOptions } from './window.js';

export interface BenchOptions extends WindowOptions, SafetyOptions, WatchOptions, FirstFightOptions {
  readonly arena?: boolean;
  /** The arena's page turns black and white: photon to key is measured too. */
  readonly flash?: boolean;
  readonly flashes?: number;
  readonly model?: string;
  /** Ticks a second; default 10. */
  readonly rate: number;
  /** Measured time, after the warm-up. */
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

/** Enough for a p99. */
const FLASHES = 300;
/** Fewer for each pair, so that the matrix takes minutes. */
const FLASHES_OF_A_PAIR = 50;

/** Where ticks are measured. */
export type BenchMode = BenchRequest['run']['mode'];

/**
 * The bench that the options ask for, in any place but the matrix.
 *
 * @throws UnderstudyError `bad-option`, `unknown-action`; as readGameFile
 */
export function benchRequest(place: BenchMode, options: BenchOptions, logLevel: LogLevel): BenchRequest {
  return { ...measurement(options), run: runOf(place, options, logLevel) };
}

/** The bench that the matrix repeats for each pair. @throws UnderstudyError `bad-option`, `unknown-action` */
export function matrixRequest(options: BenchOptions, logLevel: LogLevel): FlashBench {
  return { ...measurement(options), run: flashPlay(options, logLevel, options.flashes ?? FLASHES_OF_A_PAIR) };
}

function measurement(options: BenchOptions): Omit<BenchRequest, 'run'> {
  const { rate: rateHz, seconds, unpaced = false, budgetMs, p99Ms, missRate, load } = options;
  return { rateHz, seconds, unpaced, contract: { budgetMs, p99Ms, missRate }, load };
}

function runOf(place: BenchMode, options: BenchOptions, logLevel: LogLevel): BenchRequest['run'] {
  switch (place) {
    case 'arena': {
      const { seed, level } = options;
      const arena = { seed, level, fights: Number.MAX_SAFE_INTEGER }; // until the time is over
      return { mode: place, arena, safety: { armed: options.armed === 'yes' }, ...everyRun(options, null, logLevel) };
    }
    case 'window': {
      const game = gameFileOf(options);
      const window = { ...windowRequest(options, game), activate: true };
      return { mode: place, window, ...onScreen(options, game), ...everyRun(options, game, logLevel) };
    }
    case 'flash':
      return flashPlay(options, logLevel, options.flashes ?? FLASHES);
  }
}

function flashPlay(options: BenchOptions, logLevel: LogLevel, flashes: number): FlashBench['run'] {
  const run = { mode: 'flash' as const, flashes, ...onScreen(options, null), ...everyRun(options, null, logLevel) };
  // measures the time from a flash to its key, independent of the horizon of the model
  return { ...run, policy: { ...run.policy, apply: 'at-once' } };
}

function everyRun(options: BenchOptions, game: GameFile | null, logLevel: LogLevel) {
  const { model, runs, unpaced = false } = options;
  // what is measured is time, not play
  const apply = unpaced ? ('at-once' as const) : undefined;
  const policy = policyRequest({ anyGame: true, ...given({ model, apply }) }, game);
  const keep = { runs, logLevel, video: false };
  return { policy, keep, watch: watchRequest(options), view: 'none' as const, faults: NO_FAULTS };
}

function onScreen(options: BenchOptions, game: GameFile | null) {
  const keys = keyMapOf(options, game);
  const safety = safetyRequest(options, game);
  const screen = { capture: options.capture, keys, game, sink: sinkOf(options) };
  return { screen, safety, recordAs: null };
}
