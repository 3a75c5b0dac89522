/**
 * The lease of the held keys: how long they outlive the daemon's last word. Only says when it is over; whoever owns it
 * lets go. Never a free timer: nothing runs where nothing is held.
 */

export interface LeaseOptions {
  readonly ms: number;
  /** The clock of the messages, ms. */
  readonly nowMs: () => number;
  /** Calls back once, `delayMs` from now or later. */
  readonly after: (delayMs: number, callback: () => void) => void;
  /** False where nothing is wanted: it need not be watched then. */
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

  /** ms since the daemon last spoke. */
  get silentMs(): number {
    return Math.max(0, this.#options.nowMs() - this.#lastHeardAtMs);
  }

  /** Whether a message of that moment waited longer than the lease: what it says is history. */
  isOverFor(atMs: number): boolean {
    return this.#options.nowMs() - atMs > this.#options.ms;
  }

  /** It runs from when the daemon spoke, not from when the guard got to read it; no message lies ahead. */
  hear(atMs: number): void {
    this.#lastHeardAtMs = Math.max(this.#lastHeardAtMs, Math.min(atMs, this.#options.nowMs()));
  }

  /** Looks again when it could be over, instead of moving a timer at every message. */
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
