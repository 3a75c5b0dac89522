/**
 * Decides what follows from a line that cannot be read: an error that names such lines or, when lenient, a notice for
 * each. The study's parser skips them silently.
 */
import { UnderstudyError } from '../core/errors.js';
import { jsonValue } from '../core/json-lines.js';
import type { Line } from './lines.js';
import type { Notice } from './notices.js';

/** Lines named in an error message, at most. */
const NAMED_LINES = 5;

/** A line's JSON object, or why it has none. */
export type ParsedLine =
  { readonly object: Readonly<Record<string, unknown>> } | { readonly blank: true } | { readonly fault: string };

/** Reads one line as a JSON object. */
export function parseLine(line: Line): ParsedLine {
  if (line.cut) return { fault: 'it is longer than any line of a session' };
  if (line.text.trim() === '') return { blank: true };
  const value = jsonValue(line.text);
  if (value === undefined) return { fault: faultOf(line) };
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return {
      fault: Array.isArray(value) ? 'it is a JSON array; expected one JSON object a line' : 'it is not a JSON object',
    };
  return { object: value as Readonly<Record<string, unknown>> };
}

/** Why a line is not JSON. */
function faultOf({ text, ended }: Line): string {
  // UTF-16 read as UTF-8: every other byte of plain text is 0, and its mark is not UTF-8
  if (text.includes('\0') || text.startsWith('\ufffd\ufffd')) return 'it is UTF-16; save the file as UTF-8';
  if (text.trimEnd().includes('\r')) return 'its lines end with CR alone; expected LF or CR LF';
  if (text.trimStart().startsWith('[')) return 'it begins a JSON array; expected one JSON object a line';
  return ended ? 'it is not JSON' : 'it ends in the middle';
}

/** Collects the broken lines of one file. */
export class BrokenLines {
  readonly #file: string;
  readonly #notices: Notice[];
  readonly #broken: Notice[] = [];

  constructor(file: string, notices: Notice[]) {
    this.#file = file;
    this.#notices = notices;
  }

  add(line: Line, fault: string): void {
    const code = line.ended ? 'line-broken' : 'line-truncated';
    const message = `${this.#file}:${line.number}: the line is skipped: ${fault}.`;
    this.#broken.push({ code, message, file: this.#file, line: line.number, t: null });
  }

  /** Of the first one, with file, line and reason; null without one. */
  get first(): string | null {
    return this.#broken.at(0)?.message ?? null;
  }

  /**
   * Call at the end of the file: when lenient, each broken line becomes a notice.
   *
   * @throws UnderstudyError `session-invalid` when there are broken lines and `lenient` is false
   */
  settle(lenient: boolean): void {
    if (this.#broken.length === 0) return;
    if (lenient) {
      for (const notice of this.#broken) this.#notices.push(notice);
      return;
    }
    const named = this.#broken.slice(0, NAMED_LINES).map((notice) => `line ${notice.line}`);
    const more = this.#broken.length > NAMED_LINES ? ` and ${this.#broken.length - NAMED_LINES} more` : '';
    throw new UnderstudyError({
      kind: 'input',
      code: 'session-invalid',
      message: `${this.#file} has ${this.#broken.length} broken line(s): ${named.join(', ')}${more}. ${this.#broken[0].message}`,
      next: this.#isCutOff()
        ? 'Repair a session that was cut off with `understudy session repair`, or pass --lenient to skip these lines.'
        : 'Correct these lines in the file, or pass --lenient to skip them.',
    });
  }

  /** Only the last line is broken, and it has no end: what a killed recorder leaves, and what a repair cuts off. */
  #isCutOff(): boolean {
    return this.#broken.length === 1 && this.#broken[0].code === 'line-truncated';
  }
}
