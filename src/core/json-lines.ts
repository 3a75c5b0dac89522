/**
 * Lines of JSON: one value for each line, UTF-8, a newline at the end. Writes a line, cuts a stream into lines in
 * bounded memory, and reads one line. Each format decides what a value means and how a bad one is reported.
 */

const NEWLINE = 10;

/** One value as a line. */
export function jsonLine(value: unknown): string {
  return `${JSON.stringify(value)}\n`;
}

/**
 * As JSON.parse, for text that people edit: a byte order mark at its beginning, which Windows editors and shells write,
 * changes nothing.
 */
export function parseJson(text: string): unknown {
  return JSON.parse(text.startsWith('\ufeff') ? text.slice(1) : text) as unknown;
}

/** The value in a line's text; undefined for text that is not JSON. */
export function jsonValue(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}

/** A line of a stream, without its newline. */
export interface CutLine {
  readonly text: string;
  /** True where the line was longer than the bound: the text is its beginning. */
  readonly isCut: boolean;
}

/** Cuts chunks of a stream into lines. Keeps at most one line, up to a bound, and never a chunk. */
export class LineCutter {
  readonly #maxBytes: number;
  #kept: Buffer[] = [];
  #keptBytes = 0;
  #lineBytes = 0;

  /** @param maxBytes of a line, its newline not counted; the rest of a longer line is dropped */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** True once the unfinished line is longer than the bound. */
  get isCut(): boolean {
    return this.#lineBytes > this.#maxBytes;
  }

  /** The lines that end in this chunk. Take them all before the chunk is overwritten and the next one is passed. */
  *take(chunk: Buffer): Generator<CutLine, void, void> {
    let from = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, from)) {
      const last = chunk.subarray(from, end);
      from = end + 1;
      yield this.#finish(last);
    }
    if (from < chunk.length) this.#keep(chunk.subarray(from));
  }

  /** The unfinished line, for a stream that has ended without a newline; null where there is none. */
  rest(): CutLine | null {
    return this.#lineBytes === 0 ? null : this.#finish(Buffer.alloc(0));
  }

  #keep(bytes: Buffer): void {
    this.#lineBytes += bytes.length;
    const room = this.#maxBytes - this.#keptBytes;
    if (room <= 0) return;
    this.#kept.push(Buffer.from(bytes.subarray(0, room)));
    this.#keptBytes += Math.min(room, bytes.length);
  }

  #finish(last: Buffer): CutLine {
    this.#lineBytes += last.length;
    const bytes = this.#kept.length === 0 ? last : Buffer.concat([...this.#kept, last]);
    const line = { text: bytes.toString('utf8', 0, this.#maxBytes), isCut: this.isCut };
    this.#kept = [];
    this.#keptBytes = 0;
    this.#lineBytes = 0;
    return line;
  }
}
