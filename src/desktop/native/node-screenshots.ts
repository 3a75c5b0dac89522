/**
 * Windows and their pixels through the npm package node-screenshots: used on Windows and macOS. On X11 it needs a
 * window manager, takes about 15 ms a picture, and returns black for a covered window without an error: x11/frames.ts
 * is better there. The only file that imports the package, at the first use.
 */
import { createRequire } from 'node:module';
import type * as NodeScreenshots from 'node-screenshots';
import type { BackendOptions } from '../../capture/backend.js';
import { UnderstudyError, messageOf } from '../../core/errors.js';
import { reinstallAdvice } from '../../core/installation.js';
import type { WindowInfo } from '../../capture/game-window.js';
import { TimedSource, type Picture } from '../../capture/timed-source.js';
import { windowClosed } from '../window-query.js';

const require = createRequire(import.meta.url);

/** @throws UnderstudyError `package-missing` */
function load(): typeof NodeScreenshots {
  try {
    return require('node-screenshots') as typeof NodeScreenshots;
  } catch (cause) {
    throw new UnderstudyError({
      kind: 'environment',
      code: 'package-missing',
      message: `The npm package node-screenshots does not load: ${messageOf(cause)}`,
      next: `${reinstallAdvice()} Or use --capture screenshot-desktop.`,
      cause,
    });
  }
}

/** A window of the package: its methods ask the system each time. */
export type NativeWindow = NodeScreenshots.Window;

/**
 * All windows, as the package sees them.
 *
 * @throws UnderstudyError `package-missing`, `capture-failed` (no window manager on X11, no permission on macOS)
 */
export function allNativeWindows(): NativeWindow[] {
  const { Window } = load();
  try {
    return Window.all();
  } catch (cause) {
    throw new UnderstudyError({
      kind: 'environment',
      code: 'capture-failed',
      message: `node-screenshots cannot list the windows: ${messageOf(cause)}`,
      next: 'On X11 start a window manager or use --capture x11; on macOS allow screen recording for this terminal.',
      cause,
    });
  }
}

/** The window with this number, or null. */
export function nativeWindow(id: number): NativeWindow | null {
  return allNativeWindows().find((window) => window.id() === id) ?? null;
}

/** Pixels of a picture for each unit of screen coordinates, on the window's monitor; 1 for a window that is gone. */
export function monitorScale(id: number): number {
  return nativeWindow(id)?.currentMonitor().scaleFactor() ?? 1;
}

/**
 * Frames of one window: its inside on X11, with its frame on Windows and macOS. On X11 the display is $DISPLAY.
 *
 * @throws UnderstudyError `window-closed`, `package-missing`, `capture-failed`
 */
export function openNodeScreenshots(window: WindowInfo, options: BackendOptions): TimedSource {
  const native = nativeWindow(window.id);
  if (native === null) throw windowClosed(window);
  return new TimedSource(() => grab(native, window), options);
}

async function grab(native: NativeWindow, window: WindowInfo): Promise<Picture | null> {
  try {
    const image = await native.captureImage();
    const pixels = await image.toRaw();
    swapRedAndBlue(pixels);
    return { width: image.width, height: image.height, pixels };
  } catch (cause) {
    // the package's errors do not distinguish a minimised window from a closed one: only the closed one is not listed
    if (nativeWindow(window.id) === null) throw windowClosed(window);
    throw cause;
  }
}

/** RGBA to BGRA, in place. */
export function swapRedAndBlue(pixels: Uint8Array): void {
  if (pixels.byteOffset % 4 !== 0) {
    for (let i = 0; i < pixels.length; i += 4) [pixels[i], pixels[i + 2]] = [pixels[i + 2], pixels[i]];
    return;
  }
  const words = new Uint32Array(pixels.buffer, pixels.byteOffset, pixels.length >> 2);
  for (let i = 0; i < words.length; i += 1) {
    const word = words[i];
    words[i] = (word & 0xff00ff00) | ((word & 0xff) << 16) | ((word >>> 16) & 0xff);
  }
}
