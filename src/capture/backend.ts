/** One way to capture a window. The windows of a desktop offer several; choose-backend.ts chooses among them. */
import type { Clock } from '../core/clock.js';
import type { FrameSource } from '../core/frame.js';
import type { CaptureAdapter } from './backend-names.js';

export interface BackendOptions {
  /** 1000 / rate. A frame that is older than this when it is returned is stale. Default 100. */
  readonly periodMs?: number | undefined;
  readonly clock?: Clock | undefined;
}

/** The frames of a window, opened by a backend. */
export interface CaptureStream {
  /** The caller disposes it. Its frames show the whole window: cropping is part of preprocessing. */
  readonly source: FrameSource;
  /** Pictures a second that the backend has reached; null where this is unknown or far above any rate (x11). */
  readonly reachedRateHz: () => number | null;
}

/** A backend for one window. */
export interface CaptureBackend {
  readonly adapter: CaptureAdapter;
  /**
   * Loads what it needs and starts to capture.
   *
   * @throws UnderstudyError `package-missing` where it cannot be used on this machine; `bad-option` where it cannot
   *   capture this window; `no-display`, `window-closed`, `capture-failed`, `x11-failed`
   */
  readonly open: (options: BackendOptions) => CaptureStream;
}

/** The ways in which one window can be captured. */
export interface CaptureOffer {
  /** Best first. */
  readonly backends: readonly [CaptureBackend, ...CaptureBackend[]];
  /** Why the first of them is the best here: part of a sentence, for the user. */
  readonly why: string;
}
