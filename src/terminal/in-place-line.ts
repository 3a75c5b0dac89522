/**
 * One line that is redrawn in place during a long job; where that is not possible (a pipe, NO_COLOR), a plain line every
 * few seconds. Skips what a slow terminal does not take.
 */
import { fitLine } from './fit-line.js';
import { colourDepth, type Screen } from './screen.js';
import { terminalText } from './terminal-text.js';

/** Between plain lines. */
export const PLAIN_EVERY_MS = 5000;
const IN_PLACE_EVERY_MS = 200;
export const CLEAR_LINE_END = '\x1b[K';

export class InPlaceLine {
  readonly #screen: Screen;
  readonly #inPlace: boolean;
  readonly #env: NodeJS.ProcessEnv;
  #lastMs = Number.NEGATIVE_INFINITY;
  #drawn = false;

  constructor(screen: Screen, env: NodeJS.ProcessEnv = process.env) {
    this.#screen = screen;
    this.#inPlace = colourDepth(screen, env) > 1;
    this.#env = env;
  }

  /** Shows the text, cut to the terminal's width; most calls do nothing. @param nowMs a monotonic clock */
  show(nowMs: number, text: () => string): void {
    const everyMs = this.#inPlace ? IN_PLACE_EVERY_MS : PLAIN_EVERY_MS;
    if (nowMs - this.#lastMs < everyMs || this.#screen.writableNeedDrain) return;
    this.#lastMs = nowMs;
    const shown = terminalText(text(), this.#screen, this.#env);
    if (!this.#inPlace) return void this.#screen.write(`${shown}\n`);
    this.#screen.write(`\r${fitLine(shown, (this.#screen.columns ?? 80) - 1)}${CLEAR_LINE_END}`);
    this.#drawn = true;
  }

  /** Leaves the last text on the screen, the cursor below it. */
  finish(): void {
    if (this.#drawn) this.#screen.write('\n');
    this.#drawn = false;
  }
}
