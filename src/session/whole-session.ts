/** A session that appears whole or not at all: written in a hidden folder beside its place, and moved there at the end. */
import { mkdtempSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { makeFolders } from '../core/make-folders.js';
import { allFiles, filesAt, requireNewSession, type SessionFiles } from './session-files.js';

/**
 * @param write writes the session's files; what it leaves half is removed
 * @throws UnderstudyError `bad-option` where there is a session at `files`; what `write` throws, and the file system's error
 */
export async function writeWholeSession(
  files: SessionFiles,
  write: (files: SessionFiles) => Promise<void>,
): Promise<void> {
  requireNewSession(files);
  const parent = dirname(files.base);
  makeFolders(parent);
  const unfinished = mkdtempSync(join(parent, `.${files.name}.`));
  try {
    const made = filesAt(join(unfinished, files.name));
    await write(made);
    const places = allFiles(files);
    // the logs last: a session is there once they are
    for (const [place, path] of [...allFiles(made).entries()].reverse()) move(path, places[place]);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

/** A session may lack some of its files. */
function move(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
