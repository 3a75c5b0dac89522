/** Small sessions written by hand. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { logText, type LogLine } from './session-lines.js';

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
