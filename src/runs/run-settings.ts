/** Makes the settings of a run from its request and its environment. */
import { given } from '../core/given.js';
import type { RunSettings } from './agent-run.js';
import type { WatchedEnvironment } from './environment.js';
import type { KeepRequest, PaceRequest } from './request.js';

/** What a run's settings depend on. */
export interface RunTerms {
  readonly pace: Pick<PaceRequest, 'budgetMs' | 'unpaced'>;
  readonly keep: KeepRequest;
  readonly view: 'terminal' | 'none';
}

/** @param rateHz the rate that the model plays at, ticks a second */
export function runSettings(
  { pace, keep, view }: RunTerms,
  environment: WatchedEnvironment,
  rateHz: number,
): RunSettings {
  const { signals, say, onServing, observers = [], watch } = environment;
  return {
    rateHz,
    budgetMs: pace.budgetMs,
    unpaced: pace.unpaced,
    view,
    runs: keep.runs,
    logLevel: keep.logLevel,
    recordVideo: keep.video,
    signal: signals.signal,
    stop: () => signals.stop(),
    say,
    observers,
    ...given({ onServing, watch: watch ?? undefined }),
  };
}
