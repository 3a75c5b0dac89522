/** Ticks and pictures for tests of the live page. */
import { STUDY_NAMES } from '../../src/core/study-actions.js';
import type { WatchPicture, WatchState, WatchTick } from '../../src/watch/messages.js';
import { NO_STATE } from '../../src/watch/messages.js';

export function watchTick(slot: number, more: Partial<WatchTick> = {}): WatchTick {
  return {
    ...{ slot, deadlineMs: slot * 100, outcome: 'acted', gate: null, latenessMs: 0.25, latencyMs: 5.5 },
    ...{ stageMs: { capture: 1, preprocess: 0.5, encode: 3, head: 1 }, held: 0, decided: 0, human: null, ready: true },
    ...{ probabilities: [0, 0, 0, 0, 0.123456789, 1, 0.5], missedBefore: 0, meters: null },
    counts: { ticks: slot + 1, missedTicks: 0, lateTicks: 0, starvedTicks: 0, gatedTicks: 0 },
    ...more,
  };
}

export function watchPicture(number: number, width = 4, height = 2): WatchPicture {
  return {
    header: { number, slot: number, colour: { width, height }, gray: { width: 2, height: 1 } },
    colour: new Uint8Array(4 * width * height).map((_, i) => (number + i) % 256),
    gray: new Uint8Array([number % 256, 255]),
  };
}

export function watchState(name: string, more: Partial<WatchState> = {}): WatchState {
  return {
    ...NO_STATE,
    run: { mode: 'arena', model: 'm', name, rateHz: 10, budgetMs: 50, actions: STUDY_NAMES },
    ...more,
  };
}
