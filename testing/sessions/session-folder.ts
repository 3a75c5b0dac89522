/** Small sessions written by hand, and what their labels say. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LabelMatrix } from '../../src/core/label-matrix.js';
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

/** The frames whose label has an action. */
export function framesHolding(labels: LabelMatrix, action: string): number[] {
  const isHeld = labels.column(labels.actions.indexOf(action));
  return [...isHeld.keys()].filter((frame) => isHeld[frame] === 1);
}
