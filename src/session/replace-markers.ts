/** Replaces the fight markers of a recorded session, and what its meters showed; every other line stays as it is. */
import { jsonLine } from '../core/json-lines.js';
import { WholeFile } from '../core/whole-file.js';
import { parseLine } from './broken-lines.js';
import { eventToJson, type MarkerLine, type MetersLine } from './format/event-lines.js';
import { readLines } from './lines.js';

/**
 * Writes the event log again, whole or not at all: without its markers and meters, and with these in their place by time.
 *
 * @param lines by time
 * @throws UnderstudyError `file-missing`, `file-unreadable`, `write-failed`; the log is unchanged then
 */
export async function replaceMarkers(path: string, lines: readonly (MarkerLine | MetersLine)[]): Promise<void> {
  const waiting = [...lines];
  using file = new WholeFile(path, 'Make room on the disk, or copy the session to where it may be written.');
  const write = (text: string): void => file.write(Buffer.from(text));
  const flush = (until: number): void => {
    while (waiting.length > 0 && waiting[0].t <= until) write(jsonLine(eventToJson(waiting.shift()!)));
  };
  for await (const line of readLines(path)) {
    const parsed = parseLine(line);
    const { event, t } = 'object' in parsed ? parsed.object : {};
    if (event === 'marker' || event === 'meters') continue;
    if (event === 'end') flush(Number.POSITIVE_INFINITY);
    else if (event !== 'session' && typeof t === 'number') flush(t);
    write(`${line.text}\n`);
  }
  flush(Number.POSITIVE_INFINITY);
  file.publish();
}
