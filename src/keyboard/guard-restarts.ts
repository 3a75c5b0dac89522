/**
 * Starts a lost guard again, a few times in the lifetime of its sink and with a pause after each failure. Knows neither
 * keys nor the guard's protocol: it is given a function that starts a guard, and reports the result. Never rejects, and
 * never starts two guards at the same time.
 */
import type { Clock } from '../core/clock.js';
import { messageOf } from '../core/errors.js';

/** The pause between tries, ms: the first try fails where the X server is just ending. */
const PAUSE_MS = 250;

export interface GuardRestartsOptions {
  /** Tries in all. */
  readonly maxRestarts: number;
  readonly clock: Clock;
  /** Starts another guard; rejects where it cannot press. */
  readonly start: (signal: AbortSignal) => Promise<void>;
  /** A guard works again; {@link isRunning} is false by then. @param attempt counts all tries of the sink, from 1 */
  readonly onRestarted: (attempt: number) => void;
  /** No try is left; {@link isRunning} is false by then. @param failure why the last one failed */
  readonly onExhausted: (failure: string) => void;
}

export class GuardRestarts {
  readonly #options: GuardRestartsOptions;
  #tries = 0;
  #running: AbortController | null = null;
  #finished: Promise<void> = Promise.resolve();

  constructor(options: GuardRestartsOptions) {
    this.#options = options;
  }

  /** True from {@link begin} until a guard works, no try is left, or {@link stop}. */
  get isRunning(): boolean {
    return this.#running !== null;
  }

  /** True while a try is left. */
  get hasTries(): boolean {
    return this.#tries < this.#options.maxRestarts;
  }

  /** Begins to try once `after` has settled. Only while {@link hasTries}. @param after never rejects */
  begin(after: Promise<unknown>): void {
    this.#running = new AbortController();
    this.#finished = this.#run(this.#running, after);
  }

  /** Ends the tries, without calling back. Resolves when none is running. */
  async stop(): Promise<void> {
    this.#running?.abort();
    await this.#finished;
  }

  async #run({ signal }: AbortController, after: Promise<unknown>): Promise<void> {
    const { clock, start, onRestarted, onExhausted } = this.#options;
    const keepAlive = setInterval(() => undefined, 1000); // the process must not end by itself while it waits
    let failure = '';
    try {
      await after;
      while (this.hasTries && !signal.aborted) {
        this.#tries += 1;
        try {
          await start(signal);
          this.#running = null;
          onRestarted(this.#tries);
          return;
        } catch (error) {
          failure = messageOf(error);
          await clock.sleepUntil(clock.nowMs() + PAUSE_MS, signal);
        }
      }
      this.#running = null;
      if (!signal.aborted) onExhausted(failure);
    } finally {
      clearInterval(keepAlive);
    }
  }
}
