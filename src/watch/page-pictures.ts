/** Sends pictures to the live page: at most about ten a second, only while someone watches and the thread keeps up. */
import type { Frame } from '../core/frame.js';
import type { PreprocessingContract } from '../vision/preprocessing-contract.js';
import type { LivePage } from './live-page.js';
import { shrinkPicture } from './shrink-picture.js';

/** Less than 100 ms, since ticks at 10 Hz come slightly early or late. */
const PICTURE_EVERY_MS = 90;

export class PagePictures {
  readonly #page: LivePage;
  #shownAtMs = Number.NEGATIVE_INFINITY;
  #count = 0;

  constructor(page: LivePage) {
    this.#page = page;
  }

  /**
   * Sends the picture where one is due.
   *
   * @param slot the tick whose frame it is
   * @param gray asked only then: [H, W] uint8, what the encoder is given; copied
   */
  show(frame: Frame, slot: number, { crop, width, height }: PreprocessingContract, gray: () => Uint8Array): void {
    const nowMs = performance.now();
    if (nowMs - this.#shownAtMs < PICTURE_EVERY_MS || !this.#page.wantsPicture) return;
    const { size, pixels } = shrinkPicture(frame, crop);
    this.#shownAtMs = nowMs;
    this.#count += 1;
    this.#page.setPicture({
      header: { number: this.#count, slot, colour: size, gray: { width, height } },
      colour: pixels,
      gray: gray().slice(),
    });
  }
}
