/// <reference lib="dom" />
/** The text before and after a fight. Hidden while one runs: letters look different on each machine. */

export class Overlay {
  readonly #element: HTMLElement;

  constructor(element: HTMLElement) {
    this.#element = element;
  }

  /** @param tone colours the title; `lines` stand below it, one paragraph each */
  show(title: string, tone: 'won' | 'lost' | 'plain', lines: readonly string[]): void {
    const heading = document.createElement('h1');
    heading.textContent = title;
    heading.className = tone;
    const paragraphs = lines.map((line) => {
      const paragraph = document.createElement('p');
      paragraph.textContent = line;
      return paragraph;
    });
    this.#element.replaceChildren(heading, ...paragraphs);
    this.#element.hidden = false;
  }

  hide(): void {
    this.#element.hidden = true;
  }
}
