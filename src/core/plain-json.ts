/** Small JSON files that are written whole or not at all, and one text for equal values. */
import { createHash } from 'node:crypto';
import { WholeFile } from './whole-file.js';

/** Replaces the file, making its folder. @throws UnderstudyError `write-failed`; the earlier file is intact */
export function replaceJson(path: string, value: unknown): void {
  using file = new WholeFile(path, 'Make room on the disk, or name another folder, and run the same command again.');
  file.write(Buffer.from(`${JSON.stringify(value, null, 2)}\n`));
  file.publish();
}

/** JSON with sorted keys, so that equal values always have the same text. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, entry: unknown) =>
    entry !== null && typeof entry === 'object' && !Array.isArray(entry)
      ? Object.fromEntries(Object.entries(entry).sort(([a], [b]) => (a < b ? -1 : 1)))
      : entry,
  );
}

/** A name for a value: the first hexadecimal digits of the SHA-256 of its canonical JSON. @param digits 1..64 */
export function hashOf(value: unknown, digits: number): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex').slice(0, digits);
}
