/**
 * `session sync --flash`: how far key times and frame times of a recording on this machine are apart. Opens the arena's
 * page in flash mode, where the space bar switches the whole picture between black and white, presses it, and looks for
 * the first frame that shows the change, grabbed as in a recording. Releases the key on every path.
 */
import { ARENA_ACTIONS, FLASH_TURNED_BY } from '../../arena/actions.js';
import { openFrames } from '../../capture/choose-backend.js';
import type { GameWindow } from '../../capture/game-window.js';
import { NONE_HELD } from '../../core/action-set.js';
import { Cadence } from '../../core/cadence.js';
import { SystemClock } from '../../core/clock.js';
import { UnderstudyError } from '../../core/errors.js';
import type { FrameSource } from '../../core/frame.js';
import type { KeySink } from '../../core/key-sink.js';
import { quantiles, type Quantiles } from '../../core/quantiles.js';
import { Random } from '../../core/random.js';
import { DEFAULT_KEYS } from '../../keyboard/key-map.js';
import { leaseMsFor } from '../../keyboard/lease.js';
import { openKeySink } from '../../keyboard/open-key-sink.js';
import { isBright } from '../bench/flash-policy.js';
import { openArenaPage } from '../play/arena-page.js';

export interface OffsetSettings {
  /** Presses to make. */
  readonly presses: number;
  /** Frames a second, as a recording's. */
  readonly rateHz: number;
  readonly signal: AbortSignal;
}

/** `session sync --flash --json`. */
export interface OffsetReport {
  /**
   * Time of the first frame that shows a press minus the time that the OS gives the press, ms: the picture's own delay,
   * and up to one period until the next frame.
   */
  readonly offsetMs: Quantiles;
  /** The smallest of them: about the delay of the picture alone. */
  readonly leastMs: number;
  /** The same for the first and for the last third of the presses: they differ where the clocks drift apart. */
  readonly firstThirdMs: Quantiles;
  readonly lastThirdMs: Quantiles;
  /** Presses measured. */
  readonly n: number;
  readonly rateHz: number;
  readonly periodMs: number;
  /** How frames were grabbed. */
  readonly capture: string;
}

/** The page also flips by itself, but only after a minute: by then the measurement is over or has failed. */
const FLASH = { flips: 1, everyMs: 60_000, jitterMs: 0 };
/** A press that is on none of this many frames was lost. */
const SHOWN_WITHIN_FRAMES = 20;
/** Presses come this many periods, drawn at random, after a frame, so that they fall anywhere between two frames. */
const PAUSE_PERIODS = [2, 4] as const;

/**
 * Measures on the display of this machine; null when the signal aborts first.
 *
 * @throws UnderstudyError what page, capture and keyboard throw; `capture-failed` when the window loses the focus or a
 *   press is never seen
 */
export async function measureOffset({ presses, rateHz, signal }: OffsetSettings): Promise<OffsetReport | null> {
  const clock = new SystemClock();
  const periodMs = 1000 / rateHz;
  await using page = await openArenaPage({ seed: 1, level: 'normal', flash: FLASH }, signal);
  const { window } = page;
  const opened = openFrames({ capture: 'auto', window, clock, periodMs });
  await using source = opened.source;
  const { desktop } = window;
  const leaseMs = leaseMsFor(periodMs);
  const { sink } = await openKeySink({ sink: 'auto', keys: DEFAULT_KEYS, leaseMs, signal, desktop });
  await using keys = sink;
  const pressedAtMs: number[] = [];
  using watch = await desktop.watchKeys({ onKey: ({ down, atMs }) => void (down && pressedAtMs.push(atMs)) });
  await window.activate();
  const random = new Random(1);
  const reader = new FlashReader(source, new Cadence(clock, rateHz), signal);
  await reader.look();
  const offsets: number[] = [];
  while (offsets.length < presses) {
    await clock.sleepUntil(clock.nowMs() + periodMs * random.uniform(...PAUSE_PERIODS), signal);
    if (signal.aborted) return null;
    const shownAtMs = await pressAndLook(window, keys, reader);
    if (shownAtMs === null) return null;
    watch.poll();
    offsets.push(shownAtMs - pressedAtMs[offsets.length]);
  }
  const third = Math.ceil(presses / 3);
  return {
    offsetMs: quantiles(offsets)!,
    leastMs: Math.min(...offsets),
    firstThirdMs: quantiles(offsets.slice(0, third))!,
    lastThirdMs: quantiles(offsets.slice(-third))!,
    n: offsets.length,
    rateHz,
    periodMs,
    capture: opened.adapter,
  };
}

/** The measurement on one screen. */
export function offsetText(report: OffsetReport): string {
  const { offsetMs, leastMs, firstThirdMs, lastThirdMs, n, rateHz, periodMs, capture } = report;
  const ms = (value: number): string => `${value.toFixed(1)} ms`;
  return [
    `A press shows on the first frame ${ms(offsetMs.p50)} after its key time (p50), ${ms(leastMs)} at least, ${ms(offsetMs.max)} at most;`,
    `n = ${n}, frames every ${ms(periodMs)} (${rateHz} Hz) through ${capture}.`,
    `p50 of the first third ${ms(firstThirdMs.p50)}, of the last third ${ms(lastThirdMs.p50)}.`,
  ].join('\n');
}

/** Presses the key. @returns when the first frame that shows it was grabbed, ms; null when the signal aborts first */
async function pressAndLook(window: GameWindow, keys: KeySink, reader: FlashReader): Promise<number | null> {
  if (!window.hasFocus()) throw unseen('The arena window lost the focus.', 'Leave it in front until it is done.');
  const before = reader.isWhite;
  keys.apply(ARENA_ACTIONS.bit(FLASH_TURNED_BY));
  try {
    for (let frame = 0; frame < SHOWN_WITHIN_FRAMES; frame += 1) {
      const grabbedAtMs = await reader.look();
      if (grabbedAtMs === null) return null;
      if (reader.isWhite !== before) return grabbedAtMs;
      keys.renew();
    }
  } finally {
    keys.apply(NONE_HELD);
  }
  throw unseen(`A press was not seen within ${SHOWN_WITHIN_FRAMES} frames.`, 'Run `understudy doctor`.');
}

/** Grabs the page once per slot of a recording's schedule. */
class FlashReader {
  readonly #source: FrameSource;
  readonly #slots: Cadence;
  readonly #signal: AbortSignal;
  /** Whether the middle of the newest frame is white. */
  isWhite = false;

  constructor(source: FrameSource, slots: Cadence, signal: AbortSignal) {
    this.#source = source;
    this.#slots = slots;
    this.#signal = signal;
  }

  /** Waits for the next slot. @returns when its frame was grabbed, ms; null when the signal aborts first */
  async look(): Promise<number | null> {
    for (;;) {
      this.#slots.skipDue(); // slots that passed since the last call are not counted as missed
      const slot = await this.#slots.next(this.#signal);
      if (slot === null) return null;
      const frame = await this.#source.next(slot.deadlineMs + this.#slots.periodMs, this.#signal);
      if (frame === null || frame.stale) continue;
      this.isWhite = isBright(frame);
      return frame.capturedAtMs;
    }
  }
}

function unseen(message: string, next: string): UnderstudyError {
  return new UnderstudyError({ kind: 'environment', code: 'capture-failed', message, next });
}
