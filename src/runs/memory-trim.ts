/**
 * Hands memory that was freed back to the system while a run goes on. glibc keeps an arena for every thread, and those
 * of V8's own threads (compiling, collecting) stay as large as their busiest moment: some MB after each of a long run.
 * Nothing of it leaks, but it adds up, and the operating system gets none of it back unless it is asked for.
 *
 * Source: malloc_trim(3); since glibc 2.8 it walks all arenas. Elsewhere (musl, macOS, Windows) this does nothing.
 */
import type { TickObserver } from '../core/tick-report.js';
import { openLibrary } from '../system/ffi.js';

/** Far apart beside what a call takes (tens of microseconds, once more than that), close beside an hour. */
const TRIM_EVERY_MS = 10_000;

export class MemoryTrim implements TickObserver {
  readonly #trim: () => void;
  #nextMs = -Infinity;

  /** @param trim default: that of the C library */
  constructor(trim: () => void = ofTheCLibrary()) {
    this.#trim = trim;
  }

  onTick({ deadlineMs }: { readonly deadlineMs: number }): void {
    if (deadlineMs < this.#nextMs) return;
    this.#nextMs = deadlineMs + TRIM_EVERY_MS;
    this.#trim();
  }
}

function ofTheCLibrary(): () => void {
  const nothing = (): void => undefined;
  if (process.platform !== 'linux') return nothing;
  try {
    const libc = openLibrary('libc.so.6');
    if (!libc.has('malloc_trim')) return nothing;
    const mallocTrim = libc.declare<(keepBytes: number) => number>('int malloc_trim(size_t pad)');
    return () => void mallocTrim(0);
  } catch {
    return nothing; // playing does not hang on it: an arena in a terminal needs no native library at all
  }
}
