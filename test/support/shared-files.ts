/** Finds the reference material that lies beside a checkout (`../shared`): fixtures and the author's key logs. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

function sharedRoot(): string | null {
  let folder = dirname(fileURLToPath(import.meta.url));
  for (;;) {
    if (existsSync(join(folder, 'package.json'))) {
      const beside = join(dirname(folder), 'shared');
      return existsSync(beside) ? beside : null;
    }
    const parent = dirname(folder);
    if (parent === folder) return null;
    folder = parent;
  }
}

const root = sharedRoot();

/** The skip reason when the reference material is absent, or false. */
export const lacksShared: string | false = root === null ? 'needs the reference files in ../shared' : false;

/** Path of a reference file, `sharedFile('fixtures', 'manifest.json')`. */
export function sharedFile(...parts: readonly string[]): string {
  if (root === null) throw new Error('the reference files in ../shared are absent');
  return join(root, ...parts);
}
