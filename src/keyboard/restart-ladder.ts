/**
 * Starts a lost guard again, a few times in the life of its sink and with a pause after each failure. Knows neither keys nor
 * the guard's protocol: it is given what starts one, and says how it went. Never rejects, and never starts two at once.
 */
import type { Clock } from '../core/clock.js';
import { messageOf } from '../core/errors.js';

/** Between tries, ms: a server that is just going away fails the first. */
const PAUSE_MS = 250;

export interface RestartLadderOptions {
  /** Tries in all. */
  readonly maxRestarts: number;
  readonly clock: Clock;
  /** Starts another guard; rejects where it cannot press. */
  readonly start: (signal: AbortSignal) => Promise<void>;
  /** One is well; the ladder is at rest again. @param attempt counts the tries of the sink's life, from 1 */
  readonly onRestarted: (attempt: number) => void;
  /** No try is left; the ladder is at rest. @param failure why the last one failed */
  readonly onExhausted: (failure: string) => void;
}

export class RestartLadder {
  readonly #options: RestartLadderOptions;
  #tries = 0;
  #climbing: AbortController | null = null;
  #climbed: Promise<void> = Promise.resolve();

  constructor(options: RestartLadderOptions) {
    this.#options = options;
  }

  /** True from {@link climb} until a guard is well, no try is left, or {@link stop}. */
  get isClimbing(): boolean {
    return this.#climbing !== null;
  }

  /** True while a try is left. */
  get hasTries(): boolean {
    return this.#tries < this.#options.maxRestarts;
  }

  /** Begins to try, once `after` has settled. Only while {@link hasTries}. @param after never rejects */
  climb(after: Promise<unknown>): void {
    this.#climbing = new AbortController();
    this.#climbed = this.#climb(this.#climbing, after);
  }

  /** Ends the tries, without a word. Resolves when none is under way. */
  async stop(): Promise<void> {
    this.#climbing?.abort();
    await this.#climbed;
  }

  async #climb({ signal }: AbortController, after: Promise<unknown>): Promise<void> {
    const { clock, start, onRestarted, onExhausted } = this.#options;
    const keepAlive = setInterval(() => undefined, 1000); // the run must not end by itself while it waits
    let failure = '';
    try {
      await after;
      while (this.hasTries && !signal.aborted) {
        this.#tries += 1;
        try {
          await start(signal);
          this.#climbing = null;
          onRestarted(this.#tries);
          return;
        } catch (error) {
          failure = messageOf(error);
          await clock.sleepUntil(clock.nowMs() + PAUSE_MS, signal);
        }
      }
      this.#climbing = null;
      if (!signal.aborted) onExhausted(failure);
    } finally {
      clearInterval(keepAlive);
    }
  }
}
