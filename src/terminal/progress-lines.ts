/** The progress of a long job: lines that stay, and below them one that is redrawn in place. */
import { InPlaceLine } from './in-place-line.js';
import type { Screen } from './screen.js';
import { terminalText } from './terminal-text.js';

export class ProgressLines implements Disposable {
  protected readonly line: InPlaceLine;
  readonly #screen: Screen;

  constructor(screen: Screen) {
    this.#screen = screen;
    this.line = new InPlaceLine(screen);
  }

  /** A line that stays. */
  readonly say = (text: string): void => {
    this.line.finish();
    this.#screen.write(`${terminalText(text, this.#screen)}\n`);
  };

  [Symbol.dispose](): void {
    this.line.finish();
  }
}
