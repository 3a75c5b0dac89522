/**
 * Returns freed memory to the system during a run. glibc keeps an arena for every thread, and those of V8's own threads
 * (compiling, collecting) stay as large as at their busiest moment: some MB each in a long run. None of it is leaked,
 * but it adds up, and the operating system gets it back only on request.
 *
 * Source: malloc_trim(3); since glibc 2.8 it walks all arenas. Elsewhere (musl, macOS, Windows) this does nothing.
 */
import type { TickObserver } from '../core/tick-report.js';
import { heapTrim } from '../system/libc.js';

/** Long compared with a call (tens of microseconds, the first one more), short compared with an hour. */
const TRIM_EVERY_MS = 10_000;

export class MemoryTrim implements TickObserver {
  readonly #trim: () => void;
  #nextMs = -Infinity;

  /** @param trim default: that of the C library */
  constructor(trim: () => void = heapTrim()) {
    this.#trim = trim;
  }

  onTick({ deadlineMs }: { readonly deadlineMs: number }): void {
    if (deadlineMs < this.#nextMs) return;
    this.#nextMs = deadlineMs + TRIM_EVERY_MS;
    this.#trim();
  }
}
