/**
 * Whether key presses reach a window. Asked at every tick, so the usual answer takes one round trip. In doubt the
 * answer is "no", since a wrong "yes" types into another program.
 */
import type { XConnection } from './connection.js';
import { isUnderPointer } from './pointer.js';
import { readAncestors } from './windows.js';
import { xlib, type XId } from './xlib.js';

/** XGetInputFocus's two answers that name no window. */
const FOCUS_NONE = 0;
const FOCUS_POINTER_ROOT = 1;

/** How long a known relation between the focused window and ours is reused, ms: windows are rarely reparented. */
const REUSED_MS = 1000;

/** X.h: event types, and the modes and details of a focus event. */
const FOCUS_IN = 9;
const FOCUS_OUT = 10;
const MODE = { normal: 0, grab: 1, ungrab: 2, whileGrabbed: 3 } as const;
const DETAIL_INFERIOR = 2;
/** Details from here on are about the pointer's window. */
const FIRST_POINTER_DETAIL = 5;
/** XFocusChangeEvent of a 64-bit machine, Xlib.h. */
const MODE_OFFSET = 40;
const DETAIL_OFFSET = 44;

/** XGrabKeyboard's answers for a keyboard that another client has. */
const ALREADY_GRABBED = 1;
const GRAB_FROZEN = 4;
const ASYNC = 1;

/** Follows the keyboard focus for one window, and who has grabbed the keyboard: then keys go there, wherever the focus is. */
export class FocusWatch {
  readonly #connection: XConnection;
  readonly #window: XId;
  readonly #focus = new BigUint64Array(1);
  readonly #revertTo = new Int32Array(1);
  #known = { focus: -1, answer: false, untilMs: 0 };
  #grab: 'none' | 'ours' | 'other' = 'none';

  constructor(connection: XConnection, window: XId) {
    this.#connection = connection;
    this.#window = window;
  }

  /** True while another program has grabbed the keyboard: a screen lock, a menu, a prompt. As of the events taken so far. */
  get isGrabbedByOther(): boolean {
    return this.#grab === 'other';
  }

  /** True while the window itself, or one inside it, has grabbed the keyboard. */
  get isGrabbedByOurs(): boolean {
    return this.#grab === 'ours';
  }

  /**
   * Asks once whether the keyboard is grabbed already: a grab is reported only as it begins and ends. Grabs it for a moment,
   * for the window itself, where it is free.
   *
   * @param takesKeysItself such a window (over the whole screen, unknown to the window manager) is taken for the owner
   */
  lookForGrab(takesKeysItself: boolean): void {
    const connection = this.#connection;
    const answer = connection.attemptReply(() =>
      xlib().grabKeyboard(connection.display, this.#window, 1, ASYNC, ASYNC, 0),
    );
    if (answer === ALREADY_GRABBED || answer === GRAB_FROZEN) this.#grab = takesKeysItself ? 'ours' : 'other';
    else connection.attempt(() => xlib().ungrabKeyboard(connection.display, 0));
  }

  /** Takes an event of the window; others than focus events change nothing. */
  take(event: Uint8Array): void {
    const view = new DataView(event.buffer, event.byteOffset);
    const type = view.getUint8(0) & 0x7f;
    if (type !== FOCUS_IN && type !== FOCUS_OUT) return;
    const mode = view.getInt32(MODE_OFFSET, true);
    const detail = view.getInt32(DETAIL_OFFSET, true);
    if (mode === MODE.normal || mode === MODE.ungrab) this.#grab = 'none';
    else if (mode === MODE.whileGrabbed) {
      if (this.#grab === 'none') this.#grab = 'other';
    } else if (type === FOCUS_OUT) this.#grab = detail === DETAIL_INFERIOR ? 'ours' : 'other';
    else if (detail < FIRST_POINTER_DETAIL) this.#grab = 'ours';
  }

  /**
   * True while the window has the focus: it, a window inside it (toolkits focus an inner one) or its frame (some window
   * managers focus that) has the focus. Where the focus follows the pointer (a display without a window manager), true
   * while the pointer is over the window and nothing covers it there.
   *
   * @throws UnderstudyError `x11-failed` when the server is gone
   */
  hasFocus(): boolean {
    const connection = this.#connection;
    connection.trapReply(() => xlib().getInputFocus(connection.display, this.#focus, this.#revertTo));
    const focus = Number(this.#focus[0]);
    if (focus === this.#window) return true;
    if (focus === FOCUS_NONE) return false;
    if (focus === FOCUS_POINTER_ROOT || focus === connection.root) return isUnderPointer(connection, this.#window);
    const now = performance.now();
    if (this.#known.focus !== focus || now > this.#known.untilMs) {
      this.#known = { focus, answer: this.#isRelated(focus), untilMs: now + REUSED_MS };
    }
    return this.#known.answer;
  }

  #isRelated(focus: XId): boolean {
    return (
      readAncestors(this.#connection, focus).includes(this.#window) ||
      readAncestors(this.#connection, this.#window).includes(focus)
    );
  }
}
