/**
 * Which messages the guard has not answered yet, and an alarm when one waits too long: a guard that was stopped or
 * hangs leaves keys down just as a dead one does. Knows nothing about keys.
 */
export class Unanswered {
  readonly #patienceMs: number;
  readonly #onSilence: () => void;
  #sentSeq = 0;
  #answeredSeq = 0;
  /** When the oldest message without an answer was sent, or the last answer came, ms. */
  #waitingSinceMs = 0;
  #timer: NodeJS.Timeout | null = null;
  #stopped = false;
  #waiters: { readonly seq: number; readonly resolve: () => void }[] = [];

  /** @param onSilence called once, when a message has waited `patienceMs` for its answer */
  constructor(patienceMs: number, onSilence: () => void) {
    this.#patienceMs = patienceMs;
    this.#onSilence = onSilence;
  }

  /** Message `seq` was sent. */
  sent(seq: number): void {
    if (this.#stopped) return;
    if (this.#answeredSeq === this.#sentSeq) this.#waitingSinceMs = performance.now();
    this.#sentSeq = seq;
    this.#timer ??= setTimeout(() => this.#look(), this.#patienceMs).unref();
  }

  /** Everything up to `seq` was answered. */
  answered(seq: number): void {
    this.#answeredSeq = Math.max(this.#answeredSeq, seq);
    this.#waitingSinceMs = performance.now();
    this.#wake();
  }

  /** Resolves when all that was sent before this call is answered, or {@link stop} was called. */
  settled(): Promise<void> {
    if (this.#stopped || this.#answeredSeq >= this.#sentSeq) return Promise.resolve();
    const seq = this.#sentSeq;
    return new Promise((resolve) => {
      const keepAlive = setInterval(() => undefined, 1000); // the guard's pipes alone keep no process alive
      this.#waiters.push({
        seq,
        resolve: () => {
          clearInterval(keepAlive);
          resolve();
        },
      });
    });
  }

  /** Gives no more alarms; every call that waits resolves. */
  stop(): void {
    this.#stopped = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#wake();
  }

  #wake(): void {
    const ready = this.#waiters.filter((waiter) => this.#stopped || waiter.seq <= this.#answeredSeq);
    if (ready.length === 0) return;
    this.#waiters = this.#waiters.filter((waiter) => !ready.includes(waiter));
    for (const waiter of ready) waiter.resolve();
  }

  #look(): void {
    this.#timer = null;
    if (this.#stopped || this.#answeredSeq >= this.#sentSeq) return;
    const waitedMs = performance.now() - this.#waitingSinceMs;
    if (waitedMs < this.#patienceMs) {
      this.#timer = setTimeout(() => this.#look(), this.#patienceMs - waitedMs).unref();
      return;
    }
    // this process may itself have been stopped: timers run before waiting answers are read, so let those be read first
    setImmediate(() => setImmediate(() => this.#judge()));
  }

  /** An answer to an older message may have come in between: the newest message then has its full time again. */
  #judge(): void {
    if (this.#stopped || this.#answeredSeq >= this.#sentSeq) return;
    const leftMs = this.#patienceMs - (performance.now() - this.#waitingSinceMs);
    if (leftMs <= 0) this.#onSilence();
    else this.#timer ??= setTimeout(() => this.#look(), leftMs).unref();
  }
}
