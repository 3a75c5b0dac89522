/** How far long work is: one line redrawn in place on a terminal, a plain line every few seconds elsewhere. */
import { colourDepth, type Screen } from '../terminal/screen.js';

/** Between redraws on a terminal, ms. */
const REDRAW_MS = 200;
/** Between plain lines, ms. */
const PLAIN_MS = 5000;

export class Progress implements Disposable {
  readonly #screen: Screen;
  readonly #unit: string;
  readonly #inPlace: boolean;
  #lastMs: number;
  #drawn = false;

  /** @param unit what is counted: `frames` */
  constructor(screen: Screen, unit: string) {
    this.#screen = screen;
    this.#unit = unit;
    this.#inPlace = colourDepth(screen) > 1;
    this.#lastMs = performance.now();
  }

  /** Says how far it is, when enough time has passed since it last did. */
  at(done: number, total: number): void {
    const nowMs = performance.now();
    if (nowMs - this.#lastMs < (this.#inPlace ? REDRAW_MS : PLAIN_MS)) return;
    this.#lastMs = nowMs;
    const text = `${done} of ${total} ${this.#unit} (${Math.floor((100 * done) / total)} %)`;
    this.#screen.write(this.#inPlace ? `\r${text}\x1b[K` : `${text}\n`);
    this.#drawn = this.#inPlace;
  }

  /** Clears the line that is redrawn. */
  [Symbol.dispose](): void {
    if (this.#drawn) this.#screen.write('\r\x1b[K');
  }
}
