/** How a window can be captured on Windows: by Windows itself, or by packages. */
import type { CaptureOffer } from '../../capture/backend.js';
import type { GameWindow } from '../../capture/game-window.js';
import { nodeScreenshots, screenshotDesktop } from '../native/captures.js';
import { GdiFrameSource } from './frames.js';

export function windowsCaptures(window: GameWindow): CaptureOffer {
  return {
    backends: [
      {
        adapter: 'gdi',
        open: ({ clock }) => ({
          source: new GdiFrameSource({ window: window.info, ...(clock ? { clock } : {}) }),
          reachedRateHz: () => null,
        }),
      },
      nodeScreenshots(window),
      screenshotDesktop(window),
    ],
    why: 'part of Windows, a few milliseconds a picture',
  };
}
