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
