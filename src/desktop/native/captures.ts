/** How a window can be captured by npm packages that contain the platform's code. */
import type { CaptureBackend, CaptureOffer } from '../../capture/backend.js';
import type { GameWindow } from '../../capture/game-window.js';
import { openNodeScreenshots } from './node-screenshots.js';
import { openScreenshotDesktop } from './screenshot-desktop.js';

/** For platforms without a better way. */
export function nativeCaptures(window: GameWindow): CaptureOffer {
  return {
    backends: [nodeScreenshots(window), screenshotDesktop(window)],
    why: 'the fastest on this platform',
  };
}

export function nodeScreenshots(window: GameWindow): CaptureBackend {
  return {
    adapter: 'node-screenshots',
    open: ({ clock, periodMs }) => {
      const source = openNodeScreenshots({ window: window.info, clock, periodMs });
      return { source, reachedRateHz: () => source.reachedRateHz };
    },
  };
}

export function screenshotDesktop(window: GameWindow): CaptureBackend {
  return {
    adapter: 'screenshot-desktop',
    open: ({ clock, periodMs }) => {
      const source = openScreenshotDesktop({ window, clock, periodMs });
      return { source, reachedRateHz: () => source.reachedRateHz };
    },
  };
}
