/** Where the program itself is installed: the folder of package.json, games/ and models/. */
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Absolute path, with the separator at its end. dist/src/cli/ is three folders below it. */
export const PROJECT_ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/**
 * A file that comes with the program, as the user can open it from the current folder.
 *
 * @param path below the program's folder, such as `docs/control.md`; part of the package
 * @returns a relative path where the file lies below the current folder, else an absolute one; never throws
 */
export function ownFile(path: string): string {
  const absolute = join(PROJECT_ROOT, path);
  const folder = currentFolder();
  const fromHere = folder === null ? '..' : relative(folder, absolute);
  return fromHere.startsWith('..') ? absolute : fromHere;
}

/** Null where it was removed. */
function currentFolder(): string | null {
  try {
    return process.cwd();
  } catch {
    return null;
  }
}
