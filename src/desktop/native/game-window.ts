/** Windows of Windows and macOS, listed and followed through node-screenshots. */
import type { WindowInfo } from '../../capture/game-window.js';
import type { Desktop, DesktopWindow } from '../desktop.js';
import { nativeCaptures } from './captures.js';
import { allNativeWindows, nativeWindow, type NativeWindow } from './node-screenshots.js';

/** All windows that a game could be. Throws as {@link allNativeWindows}. */
export function listNativeWindows(): WindowInfo[] {
  return allNativeWindows()
    .map(describe)
    .filter((info) => info !== null);
}

/** The window with this number; null when it is gone. Throws as {@link allNativeWindows}. */
export function findNativeWindow(id: number): WindowInfo | null {
  const native = nativeWindow(id);
  return native && describe(native);
}

/** Null when the window closed during the calls. */
function describe(window: NativeWindow): WindowInfo | null {
  try {
    const minimised = window.isMinimized();
    return {
      id: window.id(),
      title: window.title(),
      app: window.appName(),
      pid: window.pid() || null,
      bounds: { x: window.x(), y: window.y(), width: window.width(), height: window.height() },
      visible: !minimised,
      minimised,
    };
  } catch {
    return null;
  }
}

/** One window, looked up again at each call. */
export class NativeGameWindow implements DesktopWindow {
  readonly desktop: Desktop;
  readonly captures = nativeCaptures(this);
  #info: WindowInfo;

  constructor(info: WindowInfo, desktop: Desktop) {
    this.#info = info;
    this.desktop = desktop;
  }

  get info(): WindowInfo {
    return this.#info;
  }

  refresh(): WindowInfo | null {
    const info = findNativeWindow(this.#info.id);
    if (info !== null) this.#info = info;
    return info;
  }

  readonly isKeyboardGrabbed = false;

  hasPointer(): boolean {
    return false; // mouse buttons are neither pressed nor watched here
  }

  hasFocus(): boolean {
    try {
      return nativeWindow(this.#info.id)?.isFocused() ?? false;
    } catch {
      return false; // it closed in between
    }
  }

  isAlive(): boolean {
    return nativeWindow(this.#info.id) !== null;
  }

  /** The package cannot raise a window: this only returns whether the window has the focus already. */
  activate(): Promise<boolean> {
    return Promise.resolve(this.hasFocus());
  }

  [Symbol.dispose](): void {
    // nothing to close
  }
}
