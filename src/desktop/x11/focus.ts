/**
 * Whether key presses reach a window. Asked at every tick, so the usual answer takes one round trip. In doubt the
 * answer is "no", since a wrong "yes" types into another program.
 */
import type { XConnection } from './connection.js';
import { readAncestors } from './windows.js';
import { xlib, type XId } from './xlib.js';

/** XGetInputFocus's two answers that name no window. */
const FOCUS_NONE = 0;
const FOCUS_POINTER_ROOT = 1;

/** How long a known relation between the focused window and ours is reused, ms: windows are rarely reparented. */
const REUSED_MS = 1000;

/** Follows the keyboard focus for one window. */
export class FocusWatch {
  readonly #connection: XConnection;
  readonly #window: XId;
  readonly #focus = new BigUint64Array(1);
  readonly #revertTo = new Int32Array(1);
  #known = { focus: -1, answer: false, untilMs: 0 };

  constructor(connection: XConnection, window: XId) {
    this.#connection = connection;
    this.#window = window;
  }

  /**
   * True while keys go to the window: it, a window inside it (toolkits focus an inner one) or its frame (some window
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
    if (focus === FOCUS_POINTER_ROOT || focus === connection.root) return this.#underPointer();
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

  /** Descends from the root through the windows under the pointer until ours, or none, is there. */
  #underPointer(): boolean {
    const connection = this.#connection;
    const root = new BigUint64Array(1);
    const child = new BigUint64Array(1);
    const ignored = new Int32Array(1); // positions and buttons
    const others = [ignored, ignored, ignored, ignored, ignored] as const;
    for (let at = connection.root; ; at = Number(child[0])) {
      child[0] = 0n;
      if (connection.attemptReply(() => xlib().queryPointer(connection.display, at, root, child, ...others)) === null)
        return false;
      if (child[0] === 0n) return false;
      if (Number(child[0]) === this.#window) return true;
    }
  }
}
