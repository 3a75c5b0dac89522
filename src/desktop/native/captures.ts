/** How a window can be captured by npm packages that contain the platform's code. */
import type { BackendOptions, CaptureBackend, CaptureOffer } from '../../capture/backend.js';
import type { CaptureAdapter } from '../../capture/backend-names.js';
import type { GameWindow } from '../../capture/game-window.js';
import type { TimedSource } from '../../capture/timed-source.js';
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
  return timed('node-screenshots', (options) => openNodeScreenshots(window.info, options));
}

export function screenshotDesktop(window: GameWindow): CaptureBackend {
  return timed('screenshot-desktop', (options) => openScreenshotDesktop(window, options));
}

function timed(adapter: CaptureAdapter, openSource: (options: BackendOptions) => TimedSource): CaptureBackend {
  return {
    adapter,
    open: (options) => {
      const source = openSource(options);
      return { source, reachedRateHz: () => source.reachedRateHz };
    },
  };
}
