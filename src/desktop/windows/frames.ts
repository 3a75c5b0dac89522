/**
 * The game window's pixels on Windows, drawn by GDI into memory of ours: no copy. Grabs when it is asked, so it never
 * returns an old picture.
 */
import { SystemClock, type Clock } from '../../core/clock.js';
import type { Frame, FrameSource } from '../../core/frame.js';
import type { WindowInfo } from '../../capture/game-window.js';
import { windowClosed } from '../window-query.js';
import { insideOf, processOf } from './windows.js';
import { Section, type GdiMethod } from './section.js';
import { windowCalls, type WindowHandle } from './win32.js';

/** A window that changes its size while it is read is read again; after this many tries the tick gets no frame. */
const MAX_TRIES = 3;

export interface GdiSourceOptions {
  readonly window: WindowInfo;
  readonly clock?: Clock;
}

/**
 * A frame source over one window.
 *
 * Frames: BGRA, the window's inside without frame and title, in physical pixels. The fourth byte has no meaning.
 * `pixels` is memory that is drawn into again two grabs later. `repeated` is exact. `stale` is always false.
 *
 * `next()` returns null while the window is minimised or hidden, or its program does not answer (asking it for a picture
 * could take seconds); it throws `window-closed` from then on, and `capture-failed` where Windows gives no memory.
 */
export class GdiFrameSource implements FrameSource {
  readonly #window: WindowInfo;
  readonly #handle: WindowHandle;
  readonly #clock: Clock;
  #method: GdiMethod = 'print';
  #pictures: readonly Section[] = [];
  #turn = 0;
  #hasLast = false;
  #index = 0;

  constructor({ window, clock = new SystemClock() }: GdiSourceOptions) {
    this.#window = window;
    this.#handle = BigInt(window.id);
    this.#clock = clock;
  }

  /** The way that gave the last picture. */
  get method(): GdiMethod {
    return this.#method;
  }

  next(deadlineMs: number, signal: AbortSignal): Promise<Frame | null> {
    return new Promise((resolve) => {
      const frame = signal.aborted ? null : this.#grab(); // what it throws rejects the promise
      resolve(this.#clock.nowMs() <= deadlineMs ? frame : null);
    });
  }

  #grab(): Frame | null {
    const calls = windowCalls();
    for (let tries = 0; tries < MAX_TRIES; tries += 1) {
      const capturedAtMs = this.#clock.nowMs();
      const capturedAtUnixMs = Date.now();
      if (processOf(this.#handle) !== this.#window.pid) throw windowClosed(this.#window);
      if (!calls.isVisible(this.#handle) || calls.isMinimised(this.#handle) || calls.isHung(this.#handle)) return null;
      const size = insideOf(this.#handle);
      if (size === null || size.width === 0 || size.height === 0) return null;
      const { width, height } = size;
      const picture = this.#pictureOf(width, height);
      if (!this.#draw(picture)) return null;
      const after = insideOf(this.#handle);
      if (after?.width !== width || after.height !== height) continue;
      const last = this.#pictures[1 - this.#turn];
      const repeated = this.#hasLast && Buffer.compare(picture.pixels, last.pixels) === 0;
      this.#turn = 1 - this.#turn;
      this.#hasLast = true;
      const index = this.#index;
      this.#index += 1;
      return {
        index,
        capturedAtMs,
        capturedAtUnixMs,
        width,
        height,
        pixels: picture.pixels,
        repeated,
        stale: false,
      };
    }
    return null;
  }

  /** The picture that is drawn next; new ones where the window has another size. */
  #pictureOf(width: number, height: number): Section {
    const there = this.#pictures.at(this.#turn);
    if (there?.width === width && there.height === height) return there;
    this.#release();
    this.#pictures = [new Section(width, height), new Section(width, height)];
    return this.#pictures[this.#turn];
  }

  /**
   * Draws the window. A way that gives only black is not trusted: the other is tried, and used from then on where it gives
   * more (games that draw by a graphics card are black to one or to the other).
   */
  #draw(picture: Section): boolean {
    const other = this.#method === 'print' ? 'copy' : 'print';
    const drawn = picture.draw(this.#handle, this.#method);
    if (drawn && !picture.isBlack()) return true;
    if (picture.draw(this.#handle, other) && !picture.isBlack()) {
      this.#method = other;
      return true;
    }
    return drawn;
  }

  #release(): void {
    for (const picture of this.#pictures) picture[Symbol.dispose]();
    this.#pictures = [];
    this.#hasLast = false;
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#release();
    return Promise.resolve();
  }
}
