/** Chooses how the game window is captured on this machine, and says why. */
import type { Clock } from '../core/clock.js';
import { UnderstudyError } from '../core/errors.js';
import type { FrameSource } from '../core/frame.js';
import { refuseWaylandOnly } from './x11/connection.js';
import { isX11Platform } from './platform.js';
import type { CaptureChoice } from '../capture/capture-choice.js';
import type { GameWindow } from '../capture/game-window.js';
import { openNodeScreenshots } from './native/node-screenshots.js';
import { openScreenshotDesktop } from './native/screenshot-desktop.js';
import { X11FrameSource } from './x11/frames.js';

export type CaptureAdapter = Exclude<CaptureChoice, 'auto'>;

export interface OpenFramesOptions {
  readonly capture: CaptureChoice;
  readonly window: GameWindow;
  /** 1000 / rate: an older frame is stale. Default 100. */
  readonly periodMs?: number;
  readonly clock?: Clock;
  readonly platform?: NodeJS.Platform;
  readonly env?: NodeJS.ProcessEnv;
}

export interface OpenedFrames {
  /** Dispose it. It gives the whole window: cropping is part of preprocessing. */
  readonly source: FrameSource;
  readonly adapter: CaptureAdapter;
  /** One sentence for people: why this adapter. */
  readonly why: string;
  /** Pictures a second that the adapter could give by now; null where unknown or far above any rate (x11). */
  reachedRateHz(): number | null;
}

/**
 * Opens the window's frame source.
 *
 * @throws UnderstudyError `wayland`, `no-display`, `window-closed`, `package-missing`, `capture-failed`, `x11-failed`,
 *   `bad-option` (x11 where there is no X11; another display than $DISPLAY for an adapter that reads that)
 */
export function openFrames(options: OpenFramesOptions): OpenedFrames {
  const env = options.env ?? process.env;
  const isX11 = isX11Platform(options.platform);
  if (isX11) refuseWaylandOnly(options.window.display ?? undefined, env);
  if (options.capture !== 'auto') return openAdapter(options.capture, 'asked for with --capture', options);
  if (!isX11) {
    return withFallback(
      'node-screenshots',
      'the fastest that there is on this platform',
      'screenshot-desktop',
      options,
    );
  }
  return withFallback('x11', 'about a millisecond a picture, and right when covered', 'node-screenshots', options);
}

/** A package or a library that does not load leaves the next best adapter. */
function withFallback(
  best: CaptureAdapter,
  why: string,
  next: CaptureAdapter,
  options: OpenFramesOptions,
): OpenedFrames {
  try {
    return openAdapter(best, why, options);
  } catch (error) {
    if (!(error instanceof UnderstudyError) || error.code !== 'package-missing') throw error;
    return openAdapter(next, `${best} cannot be used: ${error.message} ${error.next}`, options);
  }
}

function openAdapter(adapter: CaptureAdapter, why: string, options: OpenFramesOptions): OpenedFrames {
  const { window, clock, periodMs } = options;
  switch (adapter) {
    case 'x11': {
      if (window.display === null) throw badChoice('--capture x11 needs an X display, and this platform has none.');
      const source = new X11FrameSource({ window: window.info, display: window.display, ...(clock ? { clock } : {}) });
      return { source, adapter, why, reachedRateHz: () => null };
    }
    case 'node-screenshots': {
      assertSameDisplay(adapter, window, options.env ?? process.env);
      const source = openNodeScreenshots({ window: window.info, clock, periodMs });
      return { source, adapter, why, reachedRateHz: () => source.reachedRateHz };
    }
    case 'screenshot-desktop': {
      assertSameDisplay(adapter, window, options.env ?? process.env);
      const source = openScreenshotDesktop({ window, clock, periodMs });
      return { source, adapter, why, reachedRateHz: () => source.reachedRateHz };
    }
  }
}

/** These packages read $DISPLAY themselves: another display's window would be looked for on the wrong one. */
function assertSameDisplay(adapter: CaptureAdapter, window: GameWindow, env: NodeJS.ProcessEnv): void {
  if (window.display === null || window.display === env.DISPLAY) return;
  throw badChoice(
    `--capture ${adapter} works on $DISPLAY ('${env.DISPLAY ?? ''}') only; the window is on '${window.display}'.`,
  );
}

function badChoice(message: string): UnderstudyError {
  return new UnderstudyError({ kind: 'usage', code: 'bad-option', message, next: 'Use --capture auto.' });
}
