/**
 * The game window's pixels on X11, about a millisecond a picture: one round trip through shared memory, no copy. Only
 * the client window is captured, never its frame. Grabs when it is asked, so it never returns an old picture.
 */
import { SystemClock, type Clock } from '../../core/clock.js';
import type { Frame, FrameSource } from '../../core/frame.js';
import { XConnection } from './connection.js';
import type { WindowInfo } from '../../capture/game-window.js';
import { WindowBacking, type Backing } from './backing.js';
import { SharedPixels, WiredPixels, type PixelBuffer } from './image.js';

/** A window that changes while it is read is read again; after this many tries the tick gets no frame. */
const MAX_TRIES = 3;

export interface X11SourceOptions {
  readonly window: WindowInfo;
  /** ":1"; $DISPLAY when left out. */
  readonly display?: string | undefined;
  readonly clock?: Clock;
  /** False: never use shared memory. Default true. */
  readonly sharedMemory?: boolean;
}

/**
 * A frame source over one X window, on its own connection.
 *
 * Frames: BGRA, the window's inside without border and frame, covered or not. The fourth byte has no meaning (undefined
 * at depth 24, the window's alpha at 32). `pixels` is shared memory, valid until the next `next()`: kept longer, it
 * changes under its reader, which is wrong but does not crash. `repeated` is exact: all bytes equal the last frame's,
 * at the same size. `stale` is always false, since each frame is grabbed when asked for.
 *
 * `next()` returns null while the window is minimised or hidden, or where the server refuses the grab; it throws
 * `window-closed`, or `x11-failed` where the server is gone, from then on.
 */
export class X11FrameSource implements FrameSource {
  readonly #connection: XConnection;
  readonly #backing: WindowBacking;
  readonly #clock: Clock;
  #sharedMemory: boolean;
  /** Two pictures of this size that are written in turn: the one at #turn is next. */
  #buffers: readonly PixelBuffer[] = [];
  #size = { width: 0, height: 0 };
  #turn = 0;
  #hasLast = false;
  #index = 0;
  #disposed = false;

  /** @throws UnderstudyError as XConnection.open and WindowBacking do */
  constructor(options: X11SourceOptions) {
    this.#connection = XConnection.open(options.display);
    this.#clock = options.clock ?? new SystemClock();
    this.#sharedMemory = options.sharedMemory ?? true;
    try {
      this.#backing = new WindowBacking(this.#connection, options.window);
    } catch (error) {
      this.#connection.close();
      throw error;
    }
  }

  /** How pixels travel; 'wire' after the first grab where no memory can be shared with the server. */
  get transport(): 'shared memory' | 'wire' {
    return this.#sharedMemory ? 'shared memory' : 'wire';
  }

  next(deadlineMs: number, signal: AbortSignal): Promise<Frame | null> {
    return new Promise((resolve) => {
      const frame = signal.aborted ? null : this.#grab(); // what it throws rejects the promise
      resolve(this.#clock.nowMs() <= deadlineMs ? frame : null);
    });
  }

  #grab(): Frame | null {
    for (let tries = 0; tries < MAX_TRIES; tries += 1) {
      const capturedAtMs = this.#clock.nowMs();
      const capturedAtUnixMs = Date.now();
      const backing = this.#backing.current();
      if (backing === null) return null;
      this.#fit(backing);
      const buffer = this.#buffers[this.#turn];
      const isRead = buffer.read(backing);
      if (!isRead) this.#backing.distrust();
      if (this.#backing.hasChanged()) continue;
      const last = this.#buffers[1 - this.#turn];
      const repeated = this.#hasLast && Buffer.compare(buffer.pixels, last.pixels) === 0;
      this.#turn = 1 - this.#turn;
      this.#hasLast = true;
      const { width, height } = backing;
      const index = this.#index;
      this.#index += 1;
      return { index, capturedAtMs, capturedAtUnixMs, width, height, pixels: buffer.pixels, repeated, stale: false };
    }
    return null;
  }

  /** Makes the two pictures the size of the window. */
  #fit(backing: Backing): void {
    const { width, height } = backing;
    if (this.#buffers.length > 0 && this.#size.width === width && this.#size.height === height) return;
    this.#size = { width, height };
    this.#hasLast = false;
    if (this.#buffers.length > 0 && this.#buffers.every((buffer) => buffer.fit(backing))) return;
    this.#release();
    this.#buffers = [this.#allocate(backing), this.#allocate(backing)];
  }

  #allocate(backing: Backing): PixelBuffer {
    const shared = this.#sharedMemory ? SharedPixels.create(this.#connection, backing) : null;
    if (shared !== null) return shared;
    this.#sharedMemory = false;
    return new WiredPixels(this.#connection, backing);
  }

  #release(): void {
    for (const buffer of this.#buffers) buffer.close();
    this.#buffers = [];
    this.#hasLast = false;
  }

  [Symbol.asyncDispose](): Promise<void> {
    if (!this.#disposed) {
      this.#disposed = true;
      this.#release();
      this.#connection.close();
    }
    return Promise.resolve();
  }
}
