/** One window of a Windows desktop, followed until it closes. */
import { setTimeout as delay } from 'node:timers/promises';
import type { CaptureOffer } from '../../capture/backend.js';
import type { WindowInfo } from '../../capture/game-window.js';
import type { Desktop, DesktopWindow } from '../desktop.js';
import { windowsCaptures } from './captures.js';
import { isInForeground, isUnderPointer, processOf, readWindow } from './windows.js';
import { systemCalls, windowCalls, type WindowHandle } from './win32.js';

/** ShowWindow's SW_RESTORE. */
const RESTORE = 9;

/** How long {@link WindowsGameWindow.activate} waits for the focus, ms, and how often it looks. */
const FOCUS_WAIT_MS = 1000;
const FOCUS_POLL_MS = 10;

export class WindowsGameWindow implements DesktopWindow {
  readonly desktop: Desktop;
  readonly captures: CaptureOffer;
  /** Windows has no keyboard grabs: what takes the keys is in the foreground. */
  readonly isKeyboardGrabbed = false;
  readonly #handle: WindowHandle;
  #info: WindowInfo;

  private constructor(info: WindowInfo, desktop: Desktop) {
    this.desktop = desktop;
    this.#info = info;
    this.#handle = BigInt(info.id);
    this.captures = windowsCaptures(this);
  }

  /** Follows a window; null where there is none with this number. */
  static open(id: number, desktop: Desktop): WindowsGameWindow | null {
    const info = readWindow(BigInt(id));
    return info === null ? null : new WindowsGameWindow(info, desktop);
  }

  get info(): WindowInfo {
    return this.#info;
  }

  refresh(): WindowInfo | null {
    const info = this.isAlive() ? readWindow(this.#handle) : null;
    if (info !== null) this.#info = info;
    return info;
  }

  hasFocus(): boolean {
    return isInForeground(this.#handle) && this.isAlive();
  }

  hasPointer(): boolean {
    return isUnderPointer(this.#handle) && this.isAlive();
  }

  /** The handle of a closed window may be given to a window of another program. */
  isAlive(): boolean {
    return processOf(this.#handle) === this.#info.pid;
  }

  async activate(): Promise<boolean> {
    if (!this.isAlive()) return false;
    const calls = windowCalls();
    if (calls.isMinimised(this.#handle)) calls.show(this.#handle, RESTORE);
    if (!this.hasFocus()) bringToForeground(this.#handle);
    const untilMs = performance.now() + FOCUS_WAIT_MS;
    while (!this.hasFocus()) {
      if (performance.now() > untilMs) return false;
      await delay(FOCUS_POLL_MS);
    }
    return true;
  }

  [Symbol.dispose](): void {
    // nothing to close
  }
}

/**
 * Windows lets only the program that the user works with choose the foreground: for the length of the call this thread
 * shares its input with that program's.
 */
function bringToForeground(window: WindowHandle): void {
  const calls = windowCalls();
  const ours = systemCalls().currentThread();
  const foreground = calls.foreground();
  const theirs = foreground === null ? 0 : calls.processOf(foreground, new Uint32Array(1));
  const attached = theirs !== 0 && theirs !== ours && calls.attachThreadInput(ours, theirs, 1) !== 0;
  try {
    calls.bringToTop(window);
    calls.setForeground(window);
  } finally {
    if (attached) calls.attachThreadInput(ours, theirs, 0);
  }
}
