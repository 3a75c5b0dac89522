/** Calls of the C library itself. Nothing here is needed to play: where a call does not exist, it does nothing. */
import { openLibrary } from './ffi.js';

/**
 * Hands freed memory of all the heap's arenas back to the system; malloc_trim(3), glibc since 2.8.
 *
 * @returns trims once when called; does nothing elsewhere (musl, macOS, Windows) and where C cannot be called
 */
export function heapTrim(): () => void {
  const nothing = (): void => undefined;
  if (process.platform !== 'linux') return nothing;
  try {
    const libc = openLibrary('libc.so.6');
    if (!libc.has('malloc_trim')) return nothing;
    const mallocTrim = libc.declare<(keepBytes: number) => number>('int malloc_trim(size_t pad)');
    return () => void mallocTrim(0);
  } catch {
    return nothing; // an arena in a terminal needs no native library at all
  }
}
