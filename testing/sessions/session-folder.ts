/** Small sessions written by hand, in a folder that goes away with the test. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { logText, type LogLine } from './session-lines.js';

/** An empty folder; a suite removes it with {@link removeFolder} in its own `after`. */
export function newFolder(): string {
  return mkdtempSync(join(tmpdir(), 'understudy-session-'));
}

export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}

/** An empty folder, removed when the test ends. */
export function temporaryFolder(t: TestContext): string {
  const folder = newFolder();
  t.after(() => removeFolder(folder));
  return folder;
}

/** Writes the two logs; answers the session's path without ending. */
export function writeLogs(
  folder: string,
  name: string,
  frames: readonly LogLine[],
  events: readonly LogLine[],
): string {
  const base = join(folder, name);
  writeFileSync(`${base}_frames.jsonl`, logText(frames));
  writeFileSync(`${base}_events.jsonl`, logText(events));
  return base;
}
