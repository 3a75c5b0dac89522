/** A session that appears whole or not at all: written in a hidden folder beside its place, and moved there at the end. */
import { mkdtempSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { messageOf, UnderstudyError } from '../core/errors.js';
import { adviceToWrite } from '../core/write-advice.js';
import { makeFolders } from '../core/make-folders.js';
import { allFiles, filesAt, requireNewSession, type SessionFiles } from './session-files.js';

/**
 * @param write writes the session's files; what it leaves half is removed
 * @throws UnderstudyError `bad-option` where there is a session at `files`; `write-failed`; what `write` throws; the
 *   signal's reason when it aborts before the end
 */
export async function writeWholeSession(
  files: SessionFiles,
  write: (files: SessionFiles) => Promise<void>,
  signal?: AbortSignal,
): Promise<void> {
  requireNewSession(files);
  const parent = dirname(files.base);
  let unfinished: string | null = null;
  try {
    makeFolders(parent);
    unfinished = mkdtempSync(join(parent, `.${files.name}.`));
    const made = filesAt(join(unfinished, files.name));
    await write(made);
    signal?.throwIfAborted();
    const places = allFiles(files);
    // the logs last: a session is there once they are
    for (const [place, path] of [...allFiles(made).entries()].reverse()) move(path, places[place]);
  } catch (error) {
    if (error instanceof UnderstudyError || signal?.aborted) throw error;
    const message = `The session ${files.base} could not be written: ${messageOf(error)}.`;
    const next = adviceToWrite(error, '--out');
    throw new UnderstudyError({ kind: 'environment', code: 'write-failed', message, next, cause: error });
  } finally {
    if (unfinished !== null) rmSync(unfinished, { recursive: true, force: true });
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
