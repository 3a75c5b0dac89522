/** Closed while the picture is black all over: then the window is covered, closing or broken. */
import type { Frame } from '../../core/frame.js';
import type { PictureGate } from '../gate.js';
import type { PictureView } from './picture-view.js';

/** Below this share of lit pixels a picture counts as black: a mouse pointer or a frame counter may still be lit. */
const LIT_SHARE = 0.002;

export class BlackGate implements PictureGate {
  readonly name = 'black';
  readonly blind = true;
  readonly #view: PictureView;
  #black = false;

  constructor(view: PictureView) {
    this.#view = view;
  }

  see(frame: Frame | null): void {
    if (frame !== null) this.#black = this.#view.of(frame).lit < LIT_SHARE;
  }

  closedBecause(): string | null {
    return this.#black ? 'the picture is black' : null;
  }
}
