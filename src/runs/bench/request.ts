/** What `bench` is asked: which run is measured, for how long and beside what, and which contract it is held to. */
import type { ArenaPlay, OnScreenPlay, PaceRequest, WindowPlay } from '../request.js';
import type { LatencyContract } from './latency-contract.js';

/** Ticks at the start that are not measured: the latent window fills and code is compiled. */
export const WARMUP_TICKS = 60;

/** The rate is the bench's, never left to the bundle. */
type MeasuredPace = PaceRequest & { readonly rateHz: number };

/** The arena's page turning black and white: photon to key is measured too. */
export interface FlashPlay extends OnScreenPlay {
  readonly mode: 'flash';
  readonly pace: MeasuredPace;
  /** To answer, after the warm-up. */
  readonly flashes: number;
}

/** What can be measured. */
export type MeasuredPlay = ArenaPlay | WindowPlay | FlashPlay;

type WithoutPace<Play> = Play extends unknown ? Omit<Play, 'pace'> : never;

export interface BenchRequest {
  /** Its pace is the bench's. */
  readonly run: WithoutPace<MeasuredPlay>;
  /** Ticks a second. */
  readonly rateHz: number;
  /** Measured, after the warm-up. */
  readonly seconds: number;
  /** A tick follows the last at once. */
  readonly unpaced: boolean;
  readonly contract: LatencyContract;
  /** Busy processes beside it. */
  readonly load: number;
}

/** The run with the pace of the bench: as long as warm-up and measurement last. */
export function measuredPlay({ run, rateHz, seconds, unpaced, contract }: BenchRequest): MeasuredPlay {
  const pace: MeasuredPace = {
    rateHz,
    anyRate: true, // what is measured is time, not play
    budgetMs: contract.budgetMs,
    seconds: WARMUP_TICKS / rateHz + seconds,
    unpaced,
  };
  return { ...run, pace };
}

/** The same at another rate. A tick that takes longer than its period is late, whatever the budget for slower rates. */
export function atRate(request: BenchRequest, rateHz: number): BenchRequest {
  const { contract } = request;
  return { ...request, rateHz, contract: { ...contract, budgetMs: Math.min(contract.budgetMs, 1000 / rateHz) } };
}
