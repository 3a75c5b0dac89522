/** What an export answers. */
import { join } from 'node:path';
import type { MarkedOutcome } from '../session/format/event-lines.js';
import { CARD_FILE } from './layout.js';

/** `session export --json`. */
export interface ExportReport {
  readonly folder: string;
  readonly episodes: number;
  readonly frames: number;
  readonly fps: number;
  readonly actions: readonly string[];
  readonly cameras: Readonly<Record<string, string>>;
  readonly task: string;
  readonly outcomes: Readonly<Record<MarkedOutcome | 'unknown', number>>;
}

/** For people. */
export function exportText({ folder, episodes, frames, fps, actions, cameras }: ExportReport): string {
  const seen = Object.entries(cameras).map(([name, size]) => `${name} (${size})`);
  return [
    `wrote ${folder}: ${episodes} episodes, ${frames} frames at ${fps} Hz`,
    `  actions  ${actions.join(' ')}`,
    `  cameras  ${seen.join(', ')}`,
    `  next: read ${join(folder, CARD_FILE)} and fill in its licence before you pass the set on`,
  ].join('\n');
}
