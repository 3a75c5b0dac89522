/**
 * The game window's pixels on Windows, drawn by GDI into memory of ours: no copy. Grabs when it is asked, so it never
 * returns an old picture.
 */
import { SystemClock, type Clock } from '../../core/clock.js';
import { UnderstudyError } from '../../core/errors.js';
import type { Frame, FrameSource } from '../../core/frame.js';
import type { WindowInfo } from '../../capture/game-window.js';
import { viewMemory, type Pointer } from '../../system/ffi.js';
import { windowClosed } from '../window-query.js';
import { insideOf, processOf } from './windows.js';
import { pixelCalls, windowCalls, type WindowHandle } from './win32.js';

/** PW_CLIENTONLY and PW_RENDERFULLCONTENT: the inside alone, also what a graphics card has drawn. Windows 8.1. */
const PRINT_FLAGS = 3;
/** BitBlt's SRCCOPY, wingdi.h. */
const COPY = 0x00cc0020;

/** A window that changes its size while it is read is read again; after this many tries the tick gets no frame. */
const MAX_TRIES = 3;

/**
 * The two ways to the pixels. `print`: Windows asks for the whole window, also where another covers it. `copy`: what the
 * window shows.
 */
export type GdiMethod = 'print' | 'copy';

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

/** Memory that GDI draws into: a DIB section, top row first, 4 bytes a pixel. */
class Section implements Disposable {
  readonly width: number;
  readonly height: number;
  /** Valid until it is disposed. */
  readonly pixels: Uint8Array;
  readonly #words: Uint32Array;
  readonly #dc: Pointer;
  readonly #bitmap: Pointer;

  constructor(width: number, height: number) {
    this.width = width;
    this.height = height;
    const calls = pixelCalls();
    const dc = calls.memoryDc(null);
    const bits = new BigUint64Array(1);
    const bitmap = calls.createSection(dc, bitmapHeader(width, height), 0, bits, null, 0);
    if (dc === null || bitmap === null || bits[0] === 0n) throw noMemory(width, height);
    calls.select(dc, bitmap);
    this.#dc = dc;
    this.#bitmap = bitmap;
    this.pixels = viewMemory(bits[0], 4 * width * height);
    this.#words = new Uint32Array(this.pixels.buffer, this.pixels.byteOffset, width * height);
  }

  draw(window: WindowHandle, method: GdiMethod): boolean {
    // a call that succeeds and draws nothing must not leave the picture before last
    this.pixels.fill(0);
    const drawn = method === 'print' ? pixelCalls().printWindow(window, this.#dc, PRINT_FLAGS) : this.#copy(window);
    pixelCalls().flush();
    return drawn !== 0;
  }

  #copy(window: WindowHandle): number {
    const calls = pixelCalls();
    const from = calls.windowDc(window);
    if (from === null) return 0;
    try {
      return calls.bitBlt(this.#dc, 0, 0, this.width, this.height, from, 0, 0, COPY);
    } finally {
      calls.releaseDc(window, from);
    }
  }

  /** True where no pixel has any colour. */
  isBlack(): boolean {
    for (const word of this.#words) if ((word & 0xffffff) !== 0) return false;
    return true;
  }

  [Symbol.dispose](): void {
    pixelCalls().deleteDc(this.#dc);
    pixelCalls().deleteObject(this.#bitmap);
  }
}

/** BITMAPINFOHEADER, wingdi.h: a negative height is the top row first. */
function bitmapHeader(width: number, height: number): Buffer {
  const header = Buffer.alloc(44);
  header.writeUInt32LE(40, 0);
  header.writeInt32LE(width, 4);
  header.writeInt32LE(-height, 8);
  header.writeUInt16LE(1, 12); // planes
  header.writeUInt16LE(32, 14); // bits a pixel
  return header;
}

function noMemory(width: number, height: number): UnderstudyError {
  return new UnderstudyError({
    kind: 'environment',
    code: 'capture-failed',
    message: `Windows gave no memory for a picture of ${width}x${height}.`,
    next: 'Close other programs, or make the game window smaller.',
  });
}
