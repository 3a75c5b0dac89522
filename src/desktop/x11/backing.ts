/**
 * The pixmap that holds a window's pixels, covered or not: the window is redirected with XComposite, and the pixmap is
 * named again whenever the server replaces it (resize, map). Follows the window by its events, so that a grab need not
 * ask for its geometry. Reads no pixels.
 */
import { UnderstudyError } from '../../core/errors.js';
import { EVENT_BYTES, type XConnection } from './connection.js';
import { lazily, openLibrary } from '../../system/ffi.js';
import { readAncestors, readAttributes, readColourMasks, type WindowAttributes } from './windows.js';
import { xlib, type XId } from './xlib.js';
import type { WindowInfo } from '../../capture/game-window.js';
import { windowClosed } from '../window-query.js';

const STRUCTURE_NOTIFY_MASK = 1 << 17;
const DESTROY_NOTIFY = 17;
const UNMAP_NOTIFY = 18;
const MAP_NOTIFY = 19;
const REPARENT_NOTIFY = 21;
const CONFIGURE_NOTIFY = 22;
/** CompositeRedirectAutomatic: the server still draws the window on the screen. */
const REDIRECT_AUTOMATIC = 0;
/** QueuedAlready: only events that were already read from the socket, with the last reply. */
const QUEUED_ALREADY = 0;

/** Where the pixels are. */
export interface Backing {
  readonly pixmap: XId;
  /** px, the window without its border. */
  readonly width: number;
  /** px, the window without its border. */
  readonly height: number;
  /** px; the pixmap has this much more on each side. */
  readonly border: number;
  /** 24 or 32 bits. */
  readonly depth: number;
  /** `Visual *` */
  readonly visual: bigint;
}

const composite = lazily(() => {
  const library = openLibrary('libXcomposite.so.1');
  return {
    redirect: library.declare('void XCompositeRedirectWindow(void *d, unsigned long w, int update)'),
    namePixmap: library.declare('unsigned long XCompositeNameWindowPixmap(void *d, unsigned long w)'),
  };
});

export class WindowBacking {
  readonly #connection: XConnection;
  readonly #window: WindowInfo;
  readonly #event = Buffer.alloc(EVENT_BYTES);
  #backing: Backing | null = null;
  #changed = true;
  #destroyed = false;

  /**
   * Redirects the window, until the connection closes.
   *
   * @throws UnderstudyError `window-closed`; `capture-failed` where the server lacks Composite or the window has
   *   colours other than 8 bits each
   */
  constructor(connection: XConnection, window: WindowInfo) {
    this.#connection = connection;
    this.#window = window;
    if (connection.extension('Composite') === null) throw noComposite(connection.name);
    const { display } = connection;
    const attributes = readAttributes(connection, window.id);
    if (attributes === null) throw windowClosed(window);
    assertColours(attributes);
    this.#followEvents();
    if (connection.attempt(() => composite().redirect(display, window.id, REDIRECT_AUTOMATIC)) === null) {
      throw windowClosed(window);
    }
  }

  /**
   * Where the pixels are now, or null while there are none (minimised, hidden, on another desktop). Without a round
   * trip unless the window changed.
   *
   * @throws UnderstudyError `window-closed`
   */
  current(): Backing | null {
    while (this.#connection.pollEvent(this.#event)) this.#note();
    if (this.#destroyed) throw windowClosed(this.#window);
    if (this.#changed) this.#rename();
    return this.#backing;
  }

  /**
   * True when the window changed before the last reply was sent: that reply may be from the old pixmap, which the
   * server no longer draws to. No system call.
   */
  hasChanged(): boolean {
    while (xlib().eventsQueued(this.#connection.display, QUEUED_ALREADY) > 0) {
      if (!this.#connection.pollEvent(this.#event)) break;
      this.#note();
    }
    return this.#changed || this.#destroyed;
  }

  /** After a failed grab: reads everything from the server again. */
  distrust(): void {
    this.#changed = true;
  }

  /** Follows the window and its ancestors: an unmapped ancestor removes the window from the screen without an event of it. */
  #followEvents(): void {
    const { display } = this.#connection;
    for (const id of [this.#window.id, ...readAncestors(this.#connection, this.#window.id)]) {
      this.#connection.attempt(() => xlib().selectInput(display, id, STRUCTURE_NOTIFY_MASK));
    }
  }

  /** Layouts from X11/Xlib.h: type 0, window 40; XConfigureEvent: width 56, height 60, border 64. */
  #note(): void {
    const event = this.#event;
    const type = event[0] & 0x7f; // the top bit marks an event that a client sent
    const isOurs = Number(event.readBigUInt64LE(40)) === this.#window.id;
    if (type === DESTROY_NOTIFY) {
      if (isOurs) this.#destroyed = true;
    } else if (type === UNMAP_NOTIFY || type === MAP_NOTIFY) {
      this.#changed = true;
    } else if (type === REPARENT_NOTIFY) {
      this.#followEvents();
      this.#changed = true;
    } else if (type === CONFIGURE_NOTIFY && isOurs) {
      const known = this.#backing;
      const same =
        known !== null &&
        event.readInt32LE(56) === known.width &&
        event.readInt32LE(60) === known.height &&
        event.readInt32LE(64) === known.border;
      if (!same) this.#changed = true; // a move alone keeps the pixmap
    }
  }

  #rename(): void {
    const { display } = this.#connection;
    const old = this.#backing;
    this.#backing = null;
    this.#changed = false;
    if (old !== null) this.#connection.attempt(() => xlib().freePixmap(display, old.pixmap));
    const attributes = readAttributes(this.#connection, this.#window.id);
    if (attributes === null) {
      this.#destroyed = true;
      throw windowClosed(this.#window);
    }
    if (!attributes.viewable) return;
    const pixmap = this.#connection.attempt(() => composite().namePixmap(display, this.#window.id));
    if (pixmap === null) {
      this.#changed = true; // it was unmapped in between; the next call looks again
      return;
    }
    const { width, height, depth, visual, borderWidth: border } = attributes;
    this.#backing = { pixmap, width, height, border, depth, visual };
  }
}

/**
 * That a window, or the screen, has pixels as frames are: asked by the first grab, and by doctor.
 *
 * @param what whose attributes they are, for the message
 * @throws UnderstudyError `capture-failed`
 */
export function assertColours(attributes: WindowAttributes, what = 'The window'): void {
  const { red, green, blue } = readColourMasks(attributes.visual);
  const depthFits = attributes.depth === 24 || attributes.depth === 32;
  if (attributes.drawable && depthFits && red === 0xff0000 && green === 0xff00 && blue === 0xff) return;
  throw new UnderstudyError({
    kind: 'environment',
    code: 'capture-failed',
    message:
      `${what} has ${attributes.depth} bits of colour (masks ${red.toString(16)}, ${green.toString(16)}, ` +
      `${blue.toString(16)}); only 24 and 32 bits with 8 a colour are read.`,
    next: 'Run the X server at depth 24.',
  });
}

function noComposite(display: string): UnderstudyError {
  return new UnderstudyError({
    kind: 'environment',
    code: 'capture-failed',
    message: `The X display '${display}' lacks the Composite extension, without which a covered window reads as black.`,
    next: 'Enable Composite in the X server, or use --capture screenshot-desktop and keep the game uncovered.',
  });
}
