/**
 * The window on the screen that the agent watches and plays: what it is, and whether it has the keyboard focus. Each
 * platform implements it; nothing here depends on a platform.
 */

import type { CaptureOffer } from './backend.js';

/** px, on the screen; x and y may be negative. */
export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A window as it was when it was listed. */
export interface WindowInfo {
  /** The platform's number: an X id, a HWND, a CGWindowID. */
  readonly id: number;
  /** Empty where it has none. */
  readonly title: string;
  /** The program: WM_CLASS's class on X11 ("XTerm"), the application's name elsewhere. Empty where unknown. */
  readonly app: string;
  /** Process id as the window claims it; null where it does not. */
  readonly pid: number | null;
  /** Without the window manager's frame on X11; with it elsewhere. */
  readonly bounds: Rectangle;
  /** It is shown and not minimised, so it has pixels. It may still be covered. */
  readonly visible: boolean;
  readonly minimised: boolean;
}

/** The window that was chosen, followed until it closes. */
export interface GameWindow extends Disposable {
  /** The window as of the last {@link refresh}. */
  readonly info: WindowInfo;
  /** How it can be captured. */
  readonly captures: CaptureOffer;
  /** Reads {@link info} again and returns it; null once the window is gone. A few round trips: not for every tick. */
  refresh(): WindowInfo | null;
  /**
   * True while key presses reach it: it has the focus, and no other program has grabbed the keyboard. Cheap enough for
   * every tick. Throws `x11-failed` when the display is gone.
   */
  hasFocus(): boolean;
  /**
   * True while a press of a mouse button reaches it: the pointer is on it, and nothing covers it there. Where it cannot be
   * asked: false.
   */
  hasPointer(): boolean;
  /** True while another program has grabbed the keyboard, as of the last {@link hasFocus}. Where it is not known: false. */
  readonly isKeyboardGrabbed: boolean;
  /** False once it has closed. */
  isAlive(): boolean;
  /** Raises it and gives it the keyboard focus. Waits up to a second; true where it has the focus then. */
  activate(): Promise<boolean>;
}

/** Which window is meant. Every given part must fit. */
export interface WindowQuery {
  /** Any window, where there is only one: of a screen that shows one game. */
  readonly any?: boolean | undefined;
  /** Part of the title, in any case, or `/regex/` with optional flags. */
  readonly window?: string | undefined;
  /** Part of the program's name, in any case, or `/regex/`. */
  readonly app?: string | undefined;
  readonly pid?: number | undefined;
  /** {@link WindowInfo.id}: the only way to name a window that is not listed, such as a menu. */
  readonly windowId?: number | undefined;
}
