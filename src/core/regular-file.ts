/** Looks before a file is read whole: a device has no end, a pipe may never begin, and a large file fills the memory. */
import { statSync } from 'node:fs';

/**
 * Refuses what is no ordinary file, and what is too large. Links are followed.
 *
 * @throws Error (plain, for the reader to wrap): as the system says, or naming what it is and what was expected
 */
export function requireRegularFile(path: string, maxBytes: number): void {
  const found = statSync(path);
  if (!found.isFile())
    throw new Error(`it is ${found.isDirectory() ? 'a folder' : 'no ordinary file'}, expected a file`);
  if (found.size > maxBytes) throw new Error(`it has ${found.size} bytes, expected at most ${maxBytes}`);
}
