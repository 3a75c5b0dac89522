/**
 * The lease of the held keys: how long they stay down after the daemon's last message. Only reports when it is over;
 * its owner releases the keys. No timer runs while nothing is held.
 */

export interface LeaseOptions {
  readonly ms: number;
  /** The clock of the messages, ms. */
  readonly nowMs: () => number;
  /** Calls back once, `delayMs` from now or later. */
  readonly after: (delayMs: number, callback: () => void) => void;
  /** False where nothing is wanted: the lease does not matter then. */
  readonly isNeeded: () => boolean;
  /** The daemon has been silent for `ms` or longer since keys were wanted. */
  readonly onOver: () => void;
}

export class Lease {
  readonly #options: LeaseOptions;
  #lastHeardAtMs = 0;
  #watched = false;

  constructor(options: LeaseOptions) {
    this.#options = options;
  }

  /** Time since the daemon's last message, ms. */
  get silentMs(): number {
    return Math.max(0, this.#options.nowMs() - this.#lastHeardAtMs);
  }

  /** True where a message of that time has waited longer than the lease: it is stale. */
  isOverFor(atMs: number): boolean {
    return this.#options.nowMs() - atMs > this.#options.ms;
  }

  /** Counts from when the daemon sent the message, not from when the guard read it; a time in the future counts as now. */
  renew(atMs: number): void {
    this.#lastHeardAtMs = Math.max(this.#lastHeardAtMs, Math.min(atMs, this.#options.nowMs()));
  }

  /** Checks at the earliest time when it can be over, instead of moving a timer at every message. */
  watch(): void {
    const { ms, nowMs, after, isNeeded, onOver } = this.#options;
    if (this.#watched || !isNeeded()) return;
    this.#watched = true;
    after(Math.max(0, this.#lastHeardAtMs + ms - nowMs()), () => {
      this.#watched = false;
      if (this.silentMs >= ms) onOver();
      else this.watch();
    });
  }
}
