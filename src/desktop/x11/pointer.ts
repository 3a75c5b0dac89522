/** The pointer of an X display: which window it is on, and which of its buttons are down. Only asks. */
import { buttonCodesIn } from './buttons.js';
import type { XConnection } from './connection.js';
import { xlib, type XId } from './xlib.js';

/** The state of XQueryPointer has button n in bit 7 + n (X.h: Button1Mask is 1 << 8). */
const BUTTON_BITS_FROM = 7;

interface PointerAnswer {
  /** The child of the asked window that the pointer is in; 0 for none. */
  readonly child: XId;
  readonly mask: number;
}

/** One round trip. Null where the window is gone. */
function askPointer(connection: XConnection, window: XId): PointerAnswer | null {
  const root = new BigUint64Array(1);
  const child = new BigUint64Array(1);
  const mask = new Uint32Array(1);
  const position = new Int32Array(1);
  const answer = connection.attemptReply(() =>
    xlib().queryPointer(connection.display, window, root, child, position, position, position, position, mask),
  );
  return answer === null ? null : { child: Number(child[0]), mask: mask[0] };
}

/** Buttons that are down according to the server, whatever pressed them, by their numbers among keycodes. */
export function buttonsDown(connection: XConnection): number[] {
  const { mask = 0 } = askPointer(connection, connection.root) ?? {};
  return buttonCodesIn(mask >> BUTTON_BITS_FROM);
}

/**
 * Descends from the root through the windows under the pointer: true where `window` is one of them, so that nothing covers
 * it there. Two round trips for a window that has no frame around it.
 */
export function isUnderPointer(connection: XConnection, window: XId): boolean {
  for (let at = connection.root; ;) {
    const child = askPointer(connection, at)?.child ?? 0;
    if (child === 0) return false;
    if (child === window) return true;
    at = child;
  }
}
