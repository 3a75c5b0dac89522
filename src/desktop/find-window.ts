/**
 * Finds the game window: X11 where there is X11, node-screenshots on Windows and macOS. Waits for a window that is
 * still to open; never guesses between two.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { XConnection } from './x11/connection.js';
import { isX11Platform } from './platform.js';
import { listDesktopWindows, openDesktopWindow } from './native/game-window.js';
import type { GameWindow, WindowInfo, WindowQuery } from '../capture/game-window.js';
import { matcher, windowAmbiguous, windowNotFound } from './window-query.js';
import { X11GameWindow, listX11Windows, readWindowInfo } from './x11/game-window.js';

/** How often a window that is not there yet is looked for, ms. */
const POLL_MS = 150;

export interface DisplayOptions {
  /** X display, ":1"; $DISPLAY when left out. Windows and macOS have none. */
  readonly display?: string | undefined;
  readonly platform?: NodeJS.Platform;
}

export interface FindOptions extends WindowQuery, DisplayOptions {
  /** How long to wait for a window that is not there yet, ms. Default 0. */
  readonly waitMs?: number;
  readonly signal?: AbortSignal;
}

/**
 * Every window that a game could be.
 *
 * @throws UnderstudyError `no-display`, `wayland`, `package-missing`, `x11-failed`
 */
export function listWindows(options: DisplayOptions = {}): WindowInfo[] {
  if (!isX11Platform(options.platform)) return listDesktopWindows();
  using connection = XConnection.open(options.display);
  return listX11Windows(connection);
}

/**
 * The one window that fits. The caller disposes it.
 *
 * @throws UnderstudyError `window-not-found` after the wait, listing what there is; `window-ambiguous` at once, listing
 *   those that fit; `bad-option`; as {@link listWindows}. The signal's reason when it aborts.
 */
export async function findWindow(options: FindOptions): Promise<GameWindow> {
  const fits = matcher(options);
  const waitMs = options.waitMs ?? 0;
  const untilMs = performance.now() + waitMs;
  for (;;) {
    options.signal?.throwIfAborted();
    const there = listWindows(options);
    const found = there.filter(fits);
    if (found.length === 0) found.push(...unlisted(options).filter(fits));
    if (found.length > 1) throw windowAmbiguous(options, found);
    const window = found.length === 1 ? open(found[0], options) : null;
    if (window !== null) return window;
    const leftMs = untilMs - performance.now();
    if (leftMs <= 0) throw windowNotFound(options, there, waitMs);
    await delay(Math.min(POLL_MS, leftMs), undefined, options.signal ? { signal: options.signal } : {});
  }
}

/** A window named by its number may be one that no list has. */
function unlisted(options: FindOptions): WindowInfo[] {
  if (options.windowId === undefined || !isX11Platform(options.platform)) return [];
  using connection = XConnection.open(options.display);
  const info = readWindowInfo(connection, options.windowId);
  return info === null ? [] : [info];
}

function open(info: WindowInfo, options: DisplayOptions): GameWindow | null {
  return isX11Platform(options.platform) ? X11GameWindow.open(info.id, options.display) : openDesktopWindow(info.id);
}
