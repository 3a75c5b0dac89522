/**
 * Capture that works everywhere, as a last resort: the npm package screenshot-desktop starts another program for each
 * picture of the whole screen (ImageMagick's import on Linux, 100 to 160 ms), which is cropped to the window. Whatever
 * covers the window is in the picture. The only file that imports the package, at the first use.
 */
import { createRequire } from 'node:module';
import type { BackendOptions } from '../../capture/backend.js';
import { UnderstudyError, messageOf } from '../../core/errors.js';
import { reinstallAdvice } from '../../core/installation.js';
import { cropBmp } from './bmp.js';
import type { GameWindow, Rectangle, WindowInfo } from '../../capture/game-window.js';
import { monitorScale } from './node-screenshots.js';
import { TimedSource, type Picture } from '../../capture/timed-source.js';
import { windowClosed } from '../window-query.js';

/** The function of the package, which has no types. */
type Screenshot = (options: { readonly format: 'bmp' }) => Promise<Buffer>;

/** @throws UnderstudyError `package-missing` */
function load(): Screenshot {
  try {
    return createRequire(import.meta.url)('screenshot-desktop') as Screenshot;
  } catch (cause) {
    throw new UnderstudyError({
      kind: 'environment',
      code: 'package-missing',
      message: `The npm package screenshot-desktop does not load: ${messageOf(cause)}`,
      next: reinstallAdvice(),
      cause,
    });
  }
}

/**
 * Frames of the window's part of the first screen; none while the window is partly outside. On X11 the screen is that
 * of $DISPLAY. The window's position is read before each grab, so a moving window is followed one frame late.
 *
 * @throws UnderstudyError `package-missing`
 */
export function openScreenshotDesktop(window: GameWindow, options: BackendOptions): TimedSource {
  const screenshot = load();
  return new TimedSource(() => grab(screenshot, window), options);
}

async function grab(screenshot: Screenshot, window: GameWindow): Promise<Picture | null> {
  const before = window.refresh();
  if (before === null) throw windowClosed(window.info);
  if (!before.visible) return null;
  const file = await takeScreenshot(screenshot);
  return cropBmp(file, onPicture(before));
}

async function takeScreenshot(screenshot: Screenshot): Promise<Buffer> {
  try {
    return await screenshot({ format: 'bmp' });
  } catch (cause) {
    throw failure(cause);
  }
}

/** A program that is not installed ends the source; any other failure costs only one frame. */
function failure(cause: unknown): UnderstudyError {
  const text = messageOf(cause);
  const isMissing = /ENOENT|not found/.test(text);
  return new UnderstudyError({
    kind: 'environment',
    code: isMissing ? 'package-missing' : 'capture-failed',
    message: `The screen could not be read: ${text.trim()}`,
    next: 'On Linux install what it starts (apt install imagemagick x11-xserver-utils), or use --capture x11.',
    transient: !isMissing,
    cause,
  });
}

/** The window's place in pixels of the picture: on macOS window positions are in logical units. */
function onPicture(window: WindowInfo): Rectangle {
  const { x, y, width, height } = window.bounds;
  const scale = process.platform === 'darwin' ? monitorScale(window.id) : 1;
  return { x: x * scale, y: y * scale, width: width * scale, height: height * scale };
}
