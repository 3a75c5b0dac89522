/** Lines of a session's logs, as the study's recorder writes them. */

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
