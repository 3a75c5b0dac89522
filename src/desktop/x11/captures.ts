/** How a window of an X display can be captured: by the server itself, or by packages that read $DISPLAY. */
import type { BackendOptions, CaptureOffer } from '../../capture/backend.js';
import type { GameWindow } from '../../capture/game-window.js';
import { nodeScreenshots, screenshotDesktop } from '../native/captures.js';
import { X11FrameSource } from './frames.js';
import { requireOwnDisplayForCapture } from './own-display.js';

/** @param display the window's */
export function x11Captures(window: GameWindow, display: string): CaptureOffer {
  return {
    backends: [
      {
        adapter: 'x11',
        open: ({ clock }) => ({
          source: new X11FrameSource({ window: window.info, display, ...(clock ? { clock } : {}) }),
          reachedRateHz: () => null,
        }),
      },
      ...[nodeScreenshots(window), screenshotDesktop(window)].map(({ adapter, open }) => ({
        adapter,
        open: (options: BackendOptions) => {
          requireOwnDisplayForCapture(display, adapter);
          return open(options);
        },
      })),
    ],
    why: 'about a millisecond a picture, and correct for a covered window',
  };
}
