/**
 * The conversation with a program that steps a game (docs/stepped-games.md): a line of JSON asks, a line of JSON and the bytes of
 * a picture answer. One question at a time.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { UnderstudyError } from '../core/errors.js';
import { ownFile } from '../core/project-root.js';
import { visibleText } from '../core/visible-text.js';
import { jsonValue } from '../core/json-lines.js';
import { Program } from '../system/program.js';

/** What is run, and where. Plain data. */
export interface ProgramAt {
  readonly command: readonly string[];
  /** Of its game file: where it is run. */
  readonly folder: string;
  /** How long an answer may take, ms. */
  readonly withinMs: number;
}

/** A program that has nothing more to answer may put its things away for so long, ms. */
const ENDS_WITHIN_MS = 1000;

/** An answer is a few words and numbers; a longer line is something else. */
const LONGEST_LINE = 64 * 1024;
const NEWLINE = 0x0a;

export class ProgramTalk implements AsyncDisposable {
  readonly #at: ProgramAt;
  readonly #program: Program;
  /** When it is asked, for messages. */
  at = 'before the first fight';
  /** Of the newest answer; overwritten by the next one. */
  #picture = Buffer.alloc(0);
  /** Of the question that is asked now. */
  #isLate = false;
  /** Something has happened that an answer waits for. */
  #wake: () => void = () => undefined;

  constructor(at: ProgramAt) {
    this.#at = at;
    this.#program = new Program({ command: at.command }, { folder: at.folder, talks: true });
    // listeners that stay: one for each part of a picture would cost more than the part
    const wake = (): void => this.#wake();
    this.#program.talk?.output.on('readable', wake).on('end', wake).on('close', wake).on('error', wake);
  }

  get processes(): readonly number[] {
    const { id } = this.#program;
    return id === null ? [] : [id];
  }

  /**
   * Asks, and waits for the answer.
   *
   * @param picture bytes that follow the answer
   * @returns what its line says, not yet checked, and those bytes: overwritten by the next answer
   * @throws UnderstudyError `step-failed` where it ends, is too slow, or answers something else
   */
  async ask(question: object, picture: number): Promise<{ readonly answer: unknown; readonly picture: Buffer }> {
    const { talk } = this.#program;
    if (talk === null) throw this.failed(await this.#program.ended);
    talk.input.write(`${JSON.stringify(question)}\n`);
    this.#isLate = false;
    const timer = setTimeout(() => {
      this.#isLate = true;
      this.#wake();
    }, this.#at.withinMs);
    try {
      const line = await this.#line();
      const answer = jsonValue(line);
      if (answer === undefined || answer === null) {
        throw this.failed(
          `it answered '${visibleText(line.slice(0, 200))}', which is not JSON: something else was printed to standard output, or a picture is larger than it says`,
        );
      }
      return { answer, picture: await this.#take(picture) };
    } finally {
      clearTimeout(timer);
    }
  }

  /** @param what happened, as the rest of a sentence */
  failed(what: string): UnderstudyError {
    const said = this.#program.lastLines();
    return new UnderstudyError({
      kind: 'environment',
      code: 'step-failed',
      message: `The game's program ${this.#at.command.join(' ')}, ${this.at}: ${what}.${said === '' ? '' : ` It printed last:\n${said}`}`,
      next: `Run it by hand in ${this.#at.folder}; ${ownFile('docs/stepped-games.md')} says what is asked and what it answers.`,
    });
  }

  async #line(): Promise<string> {
    const { output } = this.#program.talk!;
    const parts: Buffer[] = [];
    for (let length = 0; length <= LONGEST_LINE;) {
      const chunk = await this.#some(() => 'it did not answer');
      const end = chunk.indexOf(NEWLINE);
      parts.push(end === -1 ? chunk : chunk.subarray(0, end));
      length += chunk.length;
      if (end === -1) continue;
      if (end + 1 < chunk.length) output.unshift(chunk.subarray(end + 1));
      return Buffer.concat(parts).toString('utf8');
    }
    throw this.failed(`its answer is a line of more than ${LONGEST_LINE} bytes`);
  }

  async #take(bytes: number): Promise<Buffer> {
    const { output } = this.#program.talk!;
    if (this.#picture.length !== bytes) this.#picture = Buffer.allocUnsafe(bytes);
    const whole = this.#picture;
    for (let filled = 0; filled < bytes;) {
      const chunk = await this.#some(() => `of its picture came ${filled} of ${bytes} bytes`);
      const rest = chunk.subarray(bytes - filled);
      filled += chunk.copy(whole, filled, 0, bytes - filled);
      if (rest.length > 0) output.unshift(rest);
    }
    return whole;
  }

  /** What has come, or comes next. @param late what to say where nothing comes in time */
  async #some(late: () => string): Promise<Buffer> {
    const { output } = this.#program.talk!;
    for (;;) {
      const chunk = output.read() as Buffer | null;
      if (chunk !== null) return chunk;
      if (output.readableEnded || output.destroyed) throw this.failed(await this.#howItEnded());
      if (this.#isLate) throw this.failed(`${late()} within ${this.#at.withinMs} ms`);
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  /** It may have closed its output and still run. */
  async #howItEnded(): Promise<string> {
    const closed = new Promise<string>((resolve) => setTimeout(() => resolve('closed its output'), 1000).unref());
    return `it ${await Promise.race([this.#program.ended, closed])}`;
  }

  /** A program ends when its input ends; one that does not is ended. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#program.talk?.input.end();
    const waited = new AbortController();
    const { signal } = waited;
    await Promise.race([this.#program.ended, delay(ENDS_WITHIN_MS, undefined, { signal }).catch(() => undefined)]);
    waited.abort();
    await this.#program[Symbol.asyncDispose]();
  }
}
