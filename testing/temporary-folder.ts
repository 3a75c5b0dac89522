/**
 * The one way in which tests and benches get a folder: an empty one in the system's temporary folder, which is
 * removed with all that is in it, at the latest when the process ends.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, type TestContext } from 'node:test';

export interface TemporaryFolder extends Disposable {
  /** Absolute. */
  readonly path: string;
}

const open = new Set<string>();
process.once('exit', () => open.forEach(remove));

/**
 * For a part of a test or a bench: `using folder = openFolder('notes')`.
 *
 * @param name of what it is for; part of the folder's name
 */
export function openFolder(name: string): TemporaryFolder {
  const path = mkdtempSync(join(tmpdir(), `understudy-${name}-`));
  open.add(path);
  return { path, [Symbol.dispose]: () => remove(path) };
}

/** For all tests of a file, or of a suite: removed after them. Call it outside the tests. @returns its path */
export function folderForTests(name: string): string {
  const folder = openFolder(name);
  after(() => folder[Symbol.dispose]());
  return folder.path;
}

/** For one test: removed when it ends. @returns its path */
export function temporaryFolder(t: TestContext, name = 'test'): string {
  const folder = openFolder(name);
  t.after(() => folder[Symbol.dispose]());
  return folder.path;
}

function remove(path: string): void {
  open.delete(path);
  rmSync(path, { recursive: true, force: true });
}
