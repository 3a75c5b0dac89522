/** Windows of Windows and macOS, listed and followed through node-screenshots. */
import type { GameWindow, WindowInfo } from '../../capture/game-window.js';
import { allNativeWindows, nativeWindow, type NativeWindow } from './node-screenshots.js';

/** All windows that a game could be. Throws as {@link allNativeWindows}. */
export function listDesktopWindows(): WindowInfo[] {
  return allNativeWindows()
    .map(describe)
    .filter((info) => info !== null);
}

/** Follows a window; null when it is gone. */
export function openDesktopWindow(id: number): GameWindow | null {
  const native = nativeWindow(id);
  const info = native && describe(native);
  return info ? new DesktopWindow(info) : null;
}

/** Null when the window went away while it was asked. */
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

class DesktopWindow implements GameWindow {
  readonly display = null;
  #info: WindowInfo;

  constructor(info: WindowInfo) {
    this.#info = info;
  }

  get info(): WindowInfo {
    return this.#info;
  }

  refresh(): WindowInfo | null {
    const native = nativeWindow(this.#info.id);
    const info = native && describe(native);
    if (info !== null) this.#info = info;
    return info;
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

  /** The package cannot raise a window: this only answers whether the person already did. */
  activate(): Promise<boolean> {
    return Promise.resolve(this.hasFocus());
  }

  [Symbol.dispose](): void {
    // holds nothing
  }
}
