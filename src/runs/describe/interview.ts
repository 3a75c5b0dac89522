/** Questions on a terminal: one line an answer, asked again where it does not fit. Standard output stays free. */
import { createInterface, type Interface } from 'node:readline/promises';
import { messageOf, UnderstudyError } from '../../core/errors.js';
import { canShowPicture, colourDepth } from '../../terminal/screen.js';
import type { RunEnvironment } from '../environment.js';

/** Where answers come from and where text goes. */
export interface Person extends Disposable {
  /** The next line; rejects with the signal's reason. */
  line(question: string, signal: AbortSignal): Promise<string>;
  say(text: string): void;
  readonly columns: number;
  readonly rows: number;
  /** Bits of colour; null where a picture could not be recognised. */
  readonly pictureDepth: number | null;
}

export class Interview implements Disposable {
  readonly #person: Person;
  readonly #signal: AbortSignal;

  constructor(person: Person, signal: AbortSignal) {
    this.#person = person;
    this.#signal = signal;
  }

  /** @throws UnderstudyError `no-terminal` */
  static onTerminal({ signals }: Pick<RunEnvironment, 'signals'>): Interview {
    if (!process.stdin.isTTY) {
      throw new UnderstudyError({
        kind: 'environment',
        code: 'no-terminal',
        message: 'This verb asks questions, and its input is not a terminal.',
        next: 'Start it in a terminal; or write the game file by hand and add its pictures with `understudy game cue`.',
      });
    }
    return new Interview(new PersonAtTerminal(), signals.signal);
  }

  get columns(): number {
    return this.#person.columns;
  }

  get rows(): number {
    return this.#person.rows;
  }

  get pictureDepth(): number | null {
    return this.#person.pictureDepth;
  }

  say(text: string): void {
    this.#person.say(text);
  }

  /** Lines that are a picture. */
  draw(lines: readonly string[]): void {
    this.#person.say(lines.join('\n'));
  }

  /** The answer without spaces around it; Enter alone takes the proposal. */
  async ask(question: string, proposal: string | null): Promise<string> {
    return await this.askOr(question, null, proposal);
  }

  /** Asks until `read` accepts the answer. @param read throws what was expected */
  async askFor<Answer>(question: string, proposal: string | null, read: (text: string) => Answer): Promise<Answer> {
    for (;;) {
      const text = await this.ask(question, proposal);
      try {
        return read(text);
      } catch (error) {
        this.say(
          error instanceof UnderstudyError ? `  ${error.message}\n  ${error.next}` : `  expected ${messageOf(error)}`,
        );
      }
    }
  }

  async confirm(question: string): Promise<boolean> {
    return /^y(es)?$/i.test(await this.ask(`${question} (yes, no)`, 'no'));
  }

  /** The answer, or what comes first from elsewhere. */
  async askOr(question: string, elsewhere: Promise<string> | null, proposal: string | null = null): Promise<string> {
    const hint = proposal === null || proposal === '' ? '' : ` [${proposal}]`;
    const enough = new AbortController();
    const signal = AbortSignal.any([this.#signal, enough.signal]);
    const typed = this.#person.line(`${question}${hint}: `, signal);
    typed.catch(() => undefined); // given up once the other answer is there
    const answer = await (elsewhere === null ? typed : Promise.race([typed, elsewhere]));
    enough.abort();
    const text = answer.trim();
    return text === '' && proposal !== null ? proposal : text;
  }

  [Symbol.dispose](): void {
    this.#person[Symbol.dispose]();
  }
}

class PersonAtTerminal implements Person {
  readonly #terminal: Interface = createInterface({
    input: process.stdin,
    output: process.stderr,
    historySize: 0, // an arrow key that was meant for the game must not bring an earlier answer back
  });

  constructor() {
    // the terminal takes Ctrl-C while it asks
    this.#terminal.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  }

  get columns(): number {
    return process.stderr.columns || 80;
  }

  get rows(): number {
    return process.stderr.rows || 24;
  }

  get pictureDepth(): number | null {
    return canShowPicture(process.stderr) ? colourDepth(process.stderr) : null;
  }

  async line(question: string, signal: AbortSignal): Promise<string> {
    return await this.#terminal.question(question, { signal });
  }

  say(text: string): void {
    process.stderr.write(`${text}\n`);
  }

  [Symbol.dispose](): void {
    this.#terminal.close();
  }
}
