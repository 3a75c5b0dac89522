/** Small sessions written by hand, in a folder that goes away with the test. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

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

/** Lines of JSON, or text as it is. */
export type LogLine = Readonly<Record<string, unknown>> | string;

/** One file's text: objects as JSON lines, strings as they are, each ended by a newline. */
export function logText(lines: readonly LogLine[]): string {
  return lines.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join('');
}

/** Frames of a log that starts at `start` (Unix seconds). */
export function frameLines(count: number, rateHz = 10, start = 1000): LogLine[] {
  return Array.from({ length: count }, (_, k) => ({ t: start + k / rateHz }));
}

export const press = (key: string, t: number): LogLine => ({ event: 'keydown', key, t });
export const release = (key: string, t: number): LogLine => ({ event: 'keyup', key, t });
export const fightStart = (t: number): LogLine => ({ event: 'marker', type: 'fight_start', t });
export const fightEnd = (t: number): LogLine => ({ event: 'marker', type: 'fight_end', t });

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
