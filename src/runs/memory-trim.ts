/**
 * Hands memory that was freed back to the system while a run goes on. glibc keeps an arena for every thread, and those
 * of V8's own threads (compiling, collecting) stay as large as their busiest moment: some MB after each of a long run.
 * Nothing of it leaks, but it adds up, and the operating system gets none of it back unless it is asked for.
 *
 * Source: malloc_trim(3); since glibc 2.8 it walks all arenas. Elsewhere (musl, macOS, Windows) this does nothing.
 */
import type { TickObserver } from '../core/tick-report.js';
import { heapTrim } from '../system/libc.js';

/** Far apart beside what a call takes (tens of microseconds, once more than that), close beside an hour. */
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
