/** Folders named after the time at which a run began: none is shared by two, and of the old ones the newest stay. */
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolders } from '../core/make-folders.js';

/** Folders of one parent that are kept, with the new one. */
const KEPT = 50;
/** Only folders named like ours are ever removed. */
const NAME = /^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-\d{3}Z(-\d+)?$/;

export interface TimedFolderOptions {
  /** True for the folder of a run that has not ended: it stays, however old it is. */
  readonly isLive: (path: string) => boolean;
  /** Default: now. */
  readonly now?: Date;
}

/** Makes `<parent>/<time>/`, and removes the oldest beside it. @returns its path @throws the file system's error */
export function makeTimedFolder(parent: string, { isLive, now = new Date() }: TimedFolderOptions): string {
  makeFolders(parent);
  const old = readdirSync(parent).filter((name) => NAME.test(name) && !isLive(join(parent, name)));
  // names sort by time
  for (const name of old.sort().slice(0, Math.max(0, old.length - KEPT + 1))) {
    rmSync(join(parent, name), { recursive: true, force: true });
  }
  return makeUnused(parent, now.toISOString().replace(/[:.]/g, '-'));
}

function makeUnused(parent: string, name: string): string {
  for (let attempt = 1; ; attempt += 1) {
    const path = join(parent, attempt === 1 ? name : `${name}-${attempt}`);
    try {
      mkdirSync(path);
      return path;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}
