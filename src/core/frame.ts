/**
 * A picture of the game and where it comes from. Capture, recorded sessions and the arena all produce these types; the
 * loop knows no others.
 */

/** One grabbed picture. */
export interface Frame {
  /** 0-based; a gap means that frames were dropped. */
  readonly index: number;
  /** Monotonic clock, ms, when the grab began. */
  readonly capturedAtMs: number;
  /** Wall clock, ms since 1970, for logs that are compared with other logs. */
  readonly capturedAtUnixMs: number;
  /** px */
  readonly width: number;
  /** px */
  readonly height: number;
  /** BGRA, 4 bytes a pixel, row by row, no padding; owned by the source, valid until its next `next()`. */
  readonly pixels: Uint8Array;
  /** True where the pixels equal the last frame's: the picture did not change. Acted on like any other. */
  readonly repeated: boolean;
  /** True where it is older than one period, or where its grab failed and old pixels replace it: never acted on. */
  readonly stale: boolean;
}

/** Gives the newest frame, never a queue of old ones. */
export interface FrameSource extends AsyncDisposable {
  /**
   * The newest frame, or null when there is none by `deadlineMs` (monotonic clock): the tick is starved. Throws only
   * an {@link UnderstudyError} that is not transient, when no later call can succeed either (the window is gone).
   */
  next(deadlineMs: number, signal: AbortSignal): Promise<Frame | null>;
}
