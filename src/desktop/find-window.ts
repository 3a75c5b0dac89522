/** Finds the game window on a desktop. Can wait for the window to open; never guesses between two. */
import { setTimeout as delay } from 'node:timers/promises';
import type { WindowInfo, WindowQuery } from '../capture/game-window.js';
import { thisDesktop } from './choose.js';
import type { DesktopWindow, DesktopWindows } from './desktop.js';
import { ownWindows } from './own-windows.js';
import { matcher, windowAmbiguous, windowNotFound } from './window-query.js';

/** How often to look for a window that has not opened yet, ms. */
const POLL_MS = 150;

export interface FindOptions extends WindowQuery {
  /** Default: that of this session. */
  readonly desktop?: DesktopWindows;
  /** How long to wait for a window that has not opened yet, ms. Default 0. */
  readonly waitMs?: number;
  readonly signal?: AbortSignal;
}

/**
 * The one window that fits. The caller disposes it. A window that this program runs in fits no text: only its number, or its
 * process's, reaches it.
 *
 * @throws UnderstudyError `window-not-found` after the wait, listing what there is; `window-ambiguous` at once, listing
 *   those that fit; `bad-option`; as the desktop's `listWindows`. The signal's reason when it aborts.
 */
export async function findWindow(options: FindOptions): Promise<DesktopWindow> {
  const { desktop = thisDesktop(), waitMs = 0, signal } = options;
  const fits = matcher(options);
  const isOwn = ownWindows();
  const isByText = options.window !== undefined || options.app !== undefined;
  const isSkipped = (window: WindowInfo): boolean => isByText && options.windowId === undefined && isOwn(window);
  const untilMs = performance.now() + waitMs;
  for (;;) {
    signal?.throwIfAborted();
    const there = desktop.listWindows();
    const found = there.filter((window) => fits(window) && !isSkipped(window));
    if (found.length === 0) found.push(...unlisted(desktop, options).filter(fits));
    if (found.length > 1) throw windowAmbiguous(options, found);
    const window = found.length === 1 ? desktop.openWindow(found[0].id) : null;
    if (window !== null) return window;
    const leftMs = untilMs - performance.now();
    if (leftMs <= 0)
      throw windowNotFound(options, there, { waitedMs: waitMs, skipped: there.filter((window) => fits(window)) });
    await delay(Math.min(POLL_MS, leftMs), undefined, signal ? { signal } : {});
  }
}

/** A window that is given by its number need not be listed. */
function unlisted(desktop: DesktopWindows, { windowId }: WindowQuery): WindowInfo[] {
  const info = windowId === undefined ? null : desktop.windowInfo(windowId);
  return info === null ? [] : [info];
}
