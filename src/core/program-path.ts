/** Where a program of this machine is. Runs nothing. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The first of that name in $PATH; null where there is none. */
export function programPath(name: string, { PATH = '' }: NodeJS.ProcessEnv = process.env): string | null {
  return (
    PATH.split(delimiter)
      .map((folder) => join(folder, name))
      .find(isProgram) ?? null
  );
}

/** True where this user may run it. */
export function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
