/** Small JSON files that are written whole or not at all, and one text for equal values. */
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
