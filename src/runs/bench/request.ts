/** The request of `bench`: which run is measured, for how long and beside what, and by which contract it is judged. */
import type { ArenaPlay, OnScreenPlay, PaceRequest, WindowPlay } from '../request.js';
import type { LatencyContract } from './latency-contract.js';

/** Ticks at the start that are not measured: the latent window fills and code is compiled. */
export const WARMUP_TICKS = 60;

/** The rate is the bench's, never the bundle's. */
type MeasuredPace = PaceRequest & { readonly rateHz: number };

/** The arena's page turns black and white: photon to key is measured too. */
export interface FlashPlay extends OnScreenPlay {
  readonly mode: 'flash';
  readonly pace: MeasuredPace;
  /** How many to answer, after the warm-up. */
  readonly flashes: number;
}

/** What can be measured. */
export type MeasuredPlay = ArenaPlay | WindowPlay | FlashPlay;

type WithoutPace<Play> = Play extends unknown ? Omit<Play, 'pace'> : never;

export interface BenchRequest {
  /** The run that is measured; its pace follows from the fields below. */
  readonly run: WithoutPace<MeasuredPlay>;
  /** Ticks a second. */
  readonly rateHz: number;
  /** Measured time, after the warm-up. */
  readonly seconds: number;
  /** Each tick follows the last one at once. */
  readonly unpaced: boolean;
  readonly contract: LatencyContract;
  /** Busy processes beside it. */
  readonly load: number;
}

/** The run with the pace of the bench; it lasts for warm-up and measurement. */
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

/** The same at another rate. A tick that takes longer than its period is late, even where the budget is larger. */
export function atRate(request: BenchRequest, rateHz: number): BenchRequest {
  const { contract } = request;
  return { ...request, rateHz, contract: { ...contract, budgetMs: Math.min(contract.budgetMs, 1000 / rateHz) } };
}
