/**
 * From a change on the screen to the key event at the client. Each flash is matched with the first key event after it
 * and before the next flash, and with the tick that saw it: the time until that tick began is the phase of the
 * schedule, the rest is work.
 */
import { TimeHistogram, type HistogramBar, type Percentiles } from './time-histogram.js';

/** The whole picture turned white or black. */
export interface Flash {
  readonly white: boolean;
  /** Ms, on the clock of the key events. */
  readonly atMs: number;
}

/** The client saw the key go down or up. */
export interface KeyAnswer {
  readonly down: boolean;
  /** Ms, on the clock of the flashes. */
  readonly atMs: number;
}

/** A tick and what it saw. */
export interface SeenTick {
  /** When its grab began, ms, on the clock of the flashes. */
  readonly atMs: number;
  readonly bright: boolean;
}

export interface PhotonFigures {
  /** The change on the screen to the key event. */
  readonly whole: Percentiles;
  /** The change to the start of the tick that saw it: 0 to one period on a paced loop. */
  readonly phase: Percentiles | null;
  /** The start of that tick to the key event. */
  readonly work: Percentiles | null;
  /** Flashes without an answer before the next one. */
  readonly unanswered: number;
  readonly bars: readonly HistogramBar[];
}

/** Null where no flash was answered. All lists ascending in time. */
export function photonToKey(
  flashes: readonly Flash[],
  keys: readonly KeyAnswer[],
  ticks: readonly SeenTick[],
): PhotonFigures | null {
  const whole = new TimeHistogram();
  const phase = new TimeHistogram();
  const work = new TimeHistogram();
  let unanswered = 0;
  let key = 0;
  let tick = 0;
  for (const [index, flash] of flashes.entries()) {
    const nextAtMs = flashes[index + 1]?.atMs ?? Number.POSITIVE_INFINITY;
    while (key < keys.length && (keys[key].atMs < flash.atMs || keys[key].down !== flash.white)) {
      if (keys[key].atMs >= nextAtMs) break;
      key += 1;
    }
    if (key >= keys.length || keys[key].atMs >= nextAtMs) {
      unanswered += 1;
      continue;
    }
    const answeredAtMs = keys[key].atMs;
    whole.add(answeredAtMs - flash.atMs);
    while (tick < ticks.length && (ticks[tick].atMs < flash.atMs || ticks[tick].bright !== flash.white)) {
      if (ticks[tick].atMs > answeredAtMs) break;
      tick += 1;
    }
    if (tick < ticks.length && ticks[tick].atMs <= answeredAtMs) {
      phase.add(ticks[tick].atMs - flash.atMs);
      work.add(answeredAtMs - ticks[tick].atMs);
    }
  }
  const figures = whole.percentiles();
  if (figures === null) return null;
  return { whole: figures, phase: phase.percentiles(), work: work.percentiles(), unanswered, bars: whole.bars() };
}
