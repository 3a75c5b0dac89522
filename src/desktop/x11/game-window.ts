/**
 * Lists the windows of an X display, and follows one of them. A window manager provides the list; without one, the tree
 * of windows is searched. Presses nothing and reads no pixels.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { EVENT_BYTES, type XConnection } from './connection.js';
import { FocusWatch } from './focus.js';
import { isUnderPointer } from './pointer.js';
import { isMinimised, readClass, readNumbers, readPid, readProperty, readTitle } from './properties.js';
import { activateWindow, readAttributes, readPosition, readTree, readWindowManager } from './windows.js';
import { xlib, type XId } from './xlib.js';
import type { CaptureOffer } from '../../capture/backend.js';
import type { WindowInfo } from '../../capture/game-window.js';
import type { Desktop, DesktopWindow } from '../desktop.js';
import { x11Captures } from './captures.js';

/** How deep windows are searched without a window manager: root, a shell around a client, the client. */
const MAX_DEPTH = 3;

/** Smaller windows are not shown to users: programs make them for internal use, px. */
const MIN_SIDE = 2;

const STRUCTURE_NOTIFY_MASK = 1 << 17;
const FOCUS_CHANGE_MASK = 1 << 21;
const DESTROY_NOTIFY = 17;

/** How long {@link X11GameWindow.activate} waits for the focus, ms, and how often it looks. */
const FOCUS_WAIT_MS = 1000;
const FOCUS_POLL_MS = 10;

/** All windows that a game could be; without a window manager the bottom one first, and no minimised ones. */
export function listX11Windows(connection: XConnection): WindowInfo[] {
  const clients =
    readWindowManager(connection) === null ? null : readNumbers(connection, connection.root, '_NET_CLIENT_LIST');
  const ids = clients === null ? searchTree(connection, connection.root, 1) : [...clients, ...gamesOverAll(connection)];
  return ids.map((id) => readWindowInfo(connection, id)).filter((info) => info !== null);
}

/** Titled windows over the whole screen that the window manager does not know: how SDL 1.2, Wine and emulators go full screen. */
function gamesOverAll(connection: XConnection): XId[] {
  const children = readTree(connection, connection.root)?.children ?? [];
  return children.filter((id) => coversScreen(connection, id) && (readTitle(connection, id) ?? '') !== '');
}

/** Shown, as large as the screen, and left alone by the window manager. */
function coversScreen(connection: XConnection, id: XId): boolean {
  const window = readAttributes(connection, id);
  if (window === null || !window.overrideRedirect || !window.viewable) return false;
  const screen = readAttributes(connection, connection.root);
  return screen !== null && window.width >= screen.width && window.height >= screen.height;
}

/** Shown windows that have a title or a WM_STATE: the outermost of each branch. */
function searchTree(connection: XConnection, parent: XId, depth: number): XId[] {
  const found: XId[] = [];
  for (const child of readTree(connection, parent)?.children ?? []) {
    const attributes = readAttributes(connection, child);
    if (!attributes?.drawable || !attributes.viewable) continue;
    if (attributes.width < MIN_SIDE || attributes.height < MIN_SIDE) continue;
    const named = (readTitle(connection, child) ?? '') !== '' || readProperty(connection, child, 'WM_STATE') !== null;
    if (named) found.push(child);
    else if (depth < MAX_DEPTH) found.push(...searchTree(connection, child, depth + 1));
  }
  return found;
}

/** A window with this number; null when it is gone. */
export function readWindowInfo(connection: XConnection, id: XId): WindowInfo | null {
  const attributes = readAttributes(connection, id);
  const position = attributes && readPosition(connection, id);
  if (!attributes || !position) return null;
  const minimised = !attributes.viewable && isMinimised(connection, id);
  return {
    id,
    title: readTitle(connection, id) ?? '',
    app: readClass(connection, id),
    pid: readPid(connection, id),
    bounds: { ...position, width: attributes.width, height: attributes.height },
    visible: attributes.viewable && !minimised,
    minimised,
  };
}

/** One window, on its own connection. */
export class X11GameWindow implements DesktopWindow {
  readonly desktop: Desktop;
  readonly captures: CaptureOffer;
  readonly #connection: XConnection;
  readonly #focus: FocusWatch;
  readonly #event = new Uint8Array(EVENT_BYTES);
  #info: WindowInfo;
  #destroyed = false;

  private constructor(connection: XConnection, info: WindowInfo, desktop: Desktop) {
    this.desktop = desktop;
    this.#connection = connection;
    this.#info = info;
    this.captures = x11Captures(this, connection.name);
    this.#focus = new FocusWatch(connection, info.id);
    // the number of a closed window may be given to another: only the event shows that ours has closed
    connection.attempt(() =>
      xlib().selectInput(connection.display, info.id, STRUCTURE_NOTIFY_MASK | FOCUS_CHANGE_MASK),
    );
    this.#focus.lookForGrab(coversScreen(connection, info.id)); // after it, so that no grab begins unseen in between
  }

  /**
   * Follows a window; null when there is no window with this number.
   *
   * @param connection is closed with the window, or at once where there is none
   */
  static open(id: XId, connection: XConnection, desktop: Desktop): X11GameWindow | null {
    const info = readWindowInfo(connection, id);
    if (info !== null) return new X11GameWindow(connection, info, desktop);
    connection.close();
    return null;
  }

  get info(): WindowInfo {
    return this.#info;
  }

  refresh(): WindowInfo | null {
    if (this.#isDestroyed()) return null;
    const info = readWindowInfo(this.#connection, this.#info.id);
    if (info !== null) this.#info = info;
    return info;
  }

  hasFocus(): boolean {
    const focused = this.#focus.hasFocus(); // its round trip brings the events of grabs up to now
    if (this.#isDestroyed() || this.#focus.isGrabbedByOther) return false;
    return focused || this.#focus.isGrabbedByOurs;
  }

  hasPointer(): boolean {
    return !this.#isDestroyed() && isUnderPointer(this.#connection, this.#info.id);
  }

  get isKeyboardGrabbed(): boolean {
    return this.#focus.isGrabbedByOther;
  }

  isAlive(): boolean {
    return !this.#isDestroyed() && readAttributes(this.#connection, this.#info.id) !== null;
  }

  async activate(): Promise<boolean> {
    if (this.#isDestroyed()) return false;
    activateWindow(this.#connection, this.#info.id);
    const untilMs = performance.now() + FOCUS_WAIT_MS;
    while (!this.hasFocus()) {
      if (performance.now() > untilMs) return false;
      await delay(FOCUS_POLL_MS);
    }
    return true;
  }

  /** Reads the events that have arrived; no round trip. */
  #isDestroyed(): boolean {
    while (!this.#destroyed && this.#connection.pollEvent(this.#event)) {
      const type = this.#event[0] & 0x7f; // the top bit marks an event that a client sent
      if (type === DESTROY_NOTIFY) this.#destroyed = true;
      else this.#focus.take(this.#event);
    }
    return this.#destroyed;
  }

  [Symbol.dispose](): void {
    this.#connection.close();
  }
}
