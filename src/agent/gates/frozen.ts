/** Closed while the picture stands still for longer than the game ever does: then it no longer shows the game. */
import type { Frame } from '../../core/frame.js';
import { samePicture } from '../../vision/picture-record.js';
import type { PictureGate } from '../gate.js';
import type { PictureView } from './picture-view.js';

/** A pause in the pictures, ms, after which stillness is counted from zero: no picture was seen in between. */
const UNWATCHED_MS = 1000;

/** The longest stillness of a training comes from a few fights: a live one may last twice as long, or a second. */
export function frozenAfterMsFor(longestStillMs: number): number {
  return Math.max(1000, 2 * longestStillMs);
}

export class FrozenGate implements PictureGate {
  readonly name = 'frozen';
  readonly blind = true;
  readonly #view: PictureView;
  readonly #afterMs: number;
  #last: Uint8Array | null = null;
  #changedAtMs = 0;
  #seenAtMs = 0;

  /** @param afterMs the longest that the game itself stands still, ms */
  constructor(view: PictureView, afterMs: number) {
    this.#view = view;
    this.#afterMs = afterMs;
  }

  see(frame: Frame | null): void {
    if (frame === null) return;
    const { gray, capturedAtMs } = this.#view.of(frame);
    const unwatched = capturedAtMs - this.#seenAtMs > UNWATCHED_MS;
    if (this.#last === null || unwatched || !samePicture(gray, this.#last)) this.#changedAtMs = capturedAtMs;
    this.#last ??= new Uint8Array(gray.length);
    this.#last.set(gray);
    this.#seenAtMs = capturedAtMs;
  }

  closedBecause(): string | null {
    const stillMs = this.#seenAtMs - this.#changedAtMs;
    if (stillMs <= this.#afterMs) return null;
    return `the picture has not changed for longer than ${(this.#afterMs / 1000).toFixed(1)} s`;
  }
}
