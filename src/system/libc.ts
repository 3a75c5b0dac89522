/** Calls of the C library. Playing does not depend on them: where a call does not exist, nothing happens. */
import { openLibrary } from './ffi.js';

/**
 * Returns freed memory of all the heap's arenas to the system; malloc_trim(3), glibc since 2.8.
 *
 * @returns trims when called; does nothing elsewhere (musl, macOS, Windows) and where C cannot be called
 */
export function heapTrim(): () => void {
  const nothing = (): void => undefined;
  if (process.platform !== 'linux') return nothing;
  try {
    const libc = openLibrary('libc.so.6');
    if (!libc.has('malloc_trim')) return nothing;
    const mallocTrim = libc.declare('int malloc_trim(size_t pad)');
    return () => void mallocTrim(0);
  } catch {
    return nothing; // an arena in a terminal needs no native library at all
  }
}

/** Parameters of mallopt(3), glibc's malloc.h. */
const M_TRIM_THRESHOLD = -1;
const M_TOP_PAD = -2;
const M_MMAP_MAX = -4;

/**
 * Keeps freed memory for the next allocation instead of returning it to the system each time. A training makes and drops
 * arrays of 50 MB a hundred times a second, each of which is otherwise mapped and filled with zeros again: that was a
 * fifth of its time (2 cores, steps of 164 pictures). Does nothing where there is no glibc.
 */
export function keepFreedMemory(): void {
  if (process.platform !== 'linux') return;
  try {
    const mallopt = openLibrary('libc.so.6').declare('int mallopt(int parameter, int value)');
    mallopt(M_MMAP_MAX, 0);
    mallopt(M_TRIM_THRESHOLD, 2 ** 31 - 1);
    mallopt(M_TOP_PAD, 64 * 2 ** 20);
  } catch {
    // only slower
  }
}
