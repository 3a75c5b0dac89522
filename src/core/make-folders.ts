/** Makes a folder with those above it. */
import { existsSync, mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/**
 * Folder by folder: mkdir's own `recursive` never returns where the system answers "no such file" to a folder in a parent
 * that exists, as /proc does.
 *
 * @throws the file system's error
 */
export function makeFolders(path: string): void {
  const missing: string[] = [];
  for (let folder = resolve(path); !existsSync(folder); folder = dirname(folder)) missing.push(folder);
  for (const folder of missing.reverse()) mkdirSync(folder);
}
