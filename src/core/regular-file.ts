/** Checks a file before it is read whole: a device has no end, a pipe may never begin, and a large file fills the memory. */
import { statSync } from 'node:fs';

/**
 * Refuses anything but an ordinary file, and a file that is too large. Links are followed.
 *
 * @throws Error (plain, for the caller to wrap): the system's error, or one that says what was found and expected
 */
export function requireRegularFile(path: string, maxBytes: number): void {
  const found = statSync(path);
  if (!found.isFile())
    throw new Error(`it is ${found.isDirectory() ? 'a folder' : 'not an ordinary file'}, expected a file`);
  if (found.size > maxBytes) throw new Error(`it has ${found.size} bytes, expected at most ${maxBytes}`);
}
