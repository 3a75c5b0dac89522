/** Makes a folder and its parents. */
import { existsSync, mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/**
 * Makes one folder after the other. The `recursive` option of mkdir does not return where the system answers "no such
 * file" although the parent exists, as /proc does.
 *
 * @throws the file system's error
 */
export function makeFolders(path: string): void {
  const missing: string[] = [];
  for (let folder = resolve(path); !existsSync(folder); folder = dirname(folder)) missing.push(folder);
  for (const folder of missing.reverse()) mkdirSync(folder);
}
