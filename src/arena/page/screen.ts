/// <reference lib="dom" />
/**
 * The canvas: fills the window at 16:9, letterboxed, and redraws what it is given. Nothing else is in the picture
 * while a fight runs.
 */

import { STAGE_HEIGHT, STAGE_WIDTH } from '../fight.js';

export class Screen {
  readonly #canvas: HTMLCanvasElement;
  readonly #context: CanvasRenderingContext2D;

  constructor(canvas: HTMLCanvasElement) {
    this.#canvas = canvas;
    // no alpha: the page behind never shows through, and the compositor skips the blend
    const context = canvas.getContext('2d', { alpha: false });
    if (context === null) throw new Error('this browser gives no 2d canvas');
    this.#context = context;
    this.fit();
  }

  /** Takes over the size of the window; the picture is lost, so draw again. */
  fit(): void {
    const scale = Math.min(window.innerWidth / STAGE_WIDTH, window.innerHeight / STAGE_HEIGHT);
    const width = Math.max(1, Math.round(STAGE_WIDTH * scale));
    const height = Math.max(1, Math.round(STAGE_HEIGHT * scale));
    this.#canvas.style.width = `${width}px`;
    this.#canvas.style.height = `${height}px`;
    this.#canvas.width = Math.max(1, Math.round(width * window.devicePixelRatio));
    this.#canvas.height = Math.max(1, Math.round(height * window.devicePixelRatio));
  }

  /** Calls `paint` with a context whose units are the fight's own, whatever the window's size. */
  paint(paint: (context: CanvasRenderingContext2D) => void): void {
    this.#context.setTransform(this.#canvas.width / STAGE_WIDTH, 0, 0, this.#canvas.height / STAGE_HEIGHT, 0, 0);
    paint(this.#context);
  }
}
