/**
 * A frame source over a grab that takes its time (another process, another thread). One grab at a time; a picture that
 * comes after its deadline is thrown away, never kept for the next tick: old pixels must not be acted on.
 */
import { SystemClock, type Clock } from '../core/clock.js';
import { UnderstudyError } from '../core/errors.js';
import type { Frame, FrameSource } from '../core/frame.js';

/** How many grabs the reached rate is taken over. */
const RATE_GRABS = 20;

/** Longest wait for one grab, ms: a timer holds 2^31 - 1 and fires at once above that, which Infinity is. */
const MAX_WAIT_MS = 60 * 60 * 1000;

/** What a grab brings: BGRA, 4 bytes a pixel, row by row, in a buffer of its own. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;
}

export interface TimedSourceOptions {
  /**
   * Grabs one picture; null where there is none now (minimised). May reject: with a lasting UnderstudyError the source
   * ends, with anything else the tick starves.
   */
  readonly grab: () => Promise<Picture | null>;
  /** 1000 / rate. A frame older than this when it is handed out is stale. Default 100. */
  readonly periodMs?: number | undefined;
  readonly clock?: Clock | undefined;
}

type Outcome = { readonly picture: Picture | null } | { readonly error: UnderstudyError };

interface Flight {
  readonly index: number;
  readonly beganMs: number;
  readonly beganUnixMs: number;
  /** Never rejects. */
  readonly landed: Promise<Outcome>;
}

/** Frames whose `pixels` stay valid for as long as they are held; `repeated` is exact. */
export class TimedSource implements FrameSource {
  readonly #grab: () => Promise<Picture | null>;
  readonly #periodMs: number;
  readonly #clock: Clock;
  #flight: Flight | null = null;
  #last: Picture | null = null;
  #lasting: UnderstudyError | null = null;
  #lastTransient: unknown = null;
  #index = 0;
  readonly #durationsMs: number[] = [];

  constructor(options: TimedSourceOptions) {
    this.#grab = options.grab;
    this.#periodMs = options.periodMs ?? 100;
    this.#clock = options.clock ?? new SystemClock();
  }

  /** Pictures a second that the grab could give, over its last 20, late ones included; null before the first. */
  get reachedRateHz(): number | null {
    const total = this.#durationsMs.reduce((sum, ms) => sum + ms, 0);
    return total > 0 ? (1000 * this.#durationsMs.length) / total : null;
  }

  /** Why the last grab that failed did; null where none has. For reports: a failed grab only starves its tick. */
  get lastFailure(): unknown {
    return this.#lastTransient;
  }

  async next(deadlineMs: number, signal: AbortSignal): Promise<Frame | null> {
    if (this.#lasting !== null) throw this.#lasting;
    if (signal.aborted) return null;
    // a grab that missed its deadline lands first, unseen: two at once would only slow each other down
    if (this.#flight !== null && (await this.#land(this.#flight, deadlineMs, signal)) === null) return null;
    if (this.#clock.nowMs() >= deadlineMs) return null;
    const flight = this.#start();
    const outcome = await this.#land(flight, deadlineMs, signal);
    if (outcome === null || !('picture' in outcome) || outcome.picture === null) return null;
    return this.#frame(flight, outcome.picture);
  }

  #start(): Flight {
    const beganMs = this.#clock.nowMs();
    const landed = this.#attempt().then((outcome) => {
      this.#flight = null;
      this.#durationsMs.push(this.#clock.nowMs() - beganMs);
      if (this.#durationsMs.length > RATE_GRABS) this.#durationsMs.shift();
      return outcome;
    });
    const index = this.#index;
    this.#index += 1;
    this.#flight = { index, beganMs, beganUnixMs: Date.now(), landed };
    return this.#flight;
  }

  async #attempt(): Promise<Outcome> {
    try {
      return { picture: await this.#grab() };
    } catch (error) {
      this.#lastTransient = error;
      if (!(error instanceof UnderstudyError) || error.transient) return { picture: null };
      this.#lasting = error;
      return { error };
    }
  }

  /** What a grab brought, or null when the deadline or the signal came first. Throws its lasting error. */
  async #land(flight: Flight, deadlineMs: number, signal: AbortSignal): Promise<Outcome | null> {
    const stopWaiting = new AbortController();
    const stop = () => stopWaiting.abort();
    signal.addEventListener('abort', stop); // not AbortSignal.any: it leaks beside a signal that lives as long as the run
    const untilMs = Math.min(deadlineMs, this.#clock.nowMs() + MAX_WAIT_MS);
    const deadline = this.#clock.sleepUntil(untilMs, stopWaiting.signal).then(() => null);
    try {
      const outcome = await Promise.race([flight.landed, deadline]);
      if (outcome !== null && 'error' in outcome) throw outcome.error;
      return outcome;
    } finally {
      signal.removeEventListener('abort', stop);
      stop();
    }
  }

  #frame(flight: Flight, picture: Picture): Frame {
    const { width, height, pixels } = picture;
    const last = this.#last;
    const repeated =
      last !== null && last.width === width && last.height === height && Buffer.compare(last.pixels, pixels) === 0;
    this.#last = picture;
    return {
      index: flight.index,
      capturedAtMs: flight.beganMs,
      capturedAtUnixMs: flight.beganUnixMs,
      width,
      height,
      pixels,
      repeated,
      stale: this.#clock.nowMs() - flight.beganMs > this.#periodMs,
    };
  }

  /** Waits for a grab that is still under way: it may own a process. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#flight?.landed;
  }
}
