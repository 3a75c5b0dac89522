/**
 * A frame source for slow grabs (in another process or thread). It makes one grab at a time. A picture that arrives
 * after its deadline is dropped and never kept for the next tick: old pixels must not be acted on.
 */
import { SystemClock, type Clock } from '../core/clock.js';
import { UnderstudyError } from '../core/errors.js';
import type { Frame, FrameSource } from '../core/frame.js';
import type { BackendOptions } from './backend.js';

/** The reached rate is measured over this many grabs. */
const RATE_GRABS = 20;

/** Longest wait for one grab, ms: a timer holds 2^31 - 1 and fires at once for more, such as Infinity. */
const MAX_WAIT_MS = 60 * 60 * 1000;

/** The result of a grab: BGRA, 4 bytes a pixel, row by row, in a separate buffer. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;
}

type Outcome = { readonly picture: Picture | null } | { readonly error: UnderstudyError };

interface Flight {
  readonly index: number;
  readonly beganMs: number;
  readonly beganUnixMs: number;
  /** Never rejects. */
  readonly landed: Promise<Outcome>;
}

/** Frames whose `pixels` stay valid for as long as they are kept; `repeated` is exact. */
export class TimedSource implements FrameSource {
  readonly #grab: () => Promise<Picture | null>;
  readonly #periodMs: number;
  readonly #clock: Clock;
  #flight: Flight | null = null;
  #last: Picture | null = null;
  #lasting: UnderstudyError | null = null;
  #index = 0;
  readonly #durationsMs: number[] = [];

  /**
   * @param grab grabs one picture; null where there is none now (minimised). May reject: an UnderstudyError that is not
   *   transient ends the source; after any other error the tick has no frame
   */
  constructor(grab: () => Promise<Picture | null>, { periodMs = 100, clock = new SystemClock() }: BackendOptions) {
    this.#grab = grab;
    this.#periodMs = periodMs;
    this.#clock = clock;
  }

  /** Pictures a second that the grab could give, over its last 20, late ones included; null before the first. */
  get reachedRateHz(): number | null {
    const total = this.#durationsMs.reduce((sum, ms) => sum + ms, 0);
    return total > 0 ? (1000 * this.#durationsMs.length) / total : null;
  }

  async next(deadlineMs: number, signal: AbortSignal): Promise<Frame | null> {
    if (this.#lasting !== null) throw this.#lasting;
    if (signal.aborted) return null;
    // wait for a grab that missed its deadline, and drop its picture: two at once would only slow each other down
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
      if (!(error instanceof UnderstudyError) || error.transient) return { picture: null };
      this.#lasting = error;
      return { error };
    }
  }

  /** The result of a grab, or null when the deadline or the signal came first. Throws its lasting error. */
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

  /** Waits for a grab that is still running: it may own a process. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#flight?.landed;
  }
}
