/**
 * The XTEST extension: events of keys and buttons that every client takes for a device's, and the server's list of what is
 * down. Only the key guard, and the code that releases keys after it, may send; anyone may read.
 */
import { UnderstudyError } from '../../core/errors.js';
import { buttonOfCode } from './buttons.js';
import type { XConnection } from './connection.js';
import { lazily, openLibrary } from '../../system/ffi.js';
import { buttonsDown } from './pointer.js';
import { xlib } from './xlib.js';

const functions = lazily(() => {
  const xtst = openLibrary('libXtst.so.6');
  return {
    queryExtension: xtst.declare(
      'int XTestQueryExtension(void *d, void *event, void *error, void *major, void *minor)',
    ),
    fakeKeyEvent: xtst.declare(
      'int XTestFakeKeyEvent(void *d, unsigned int keycode, int press, unsigned long delayMs)',
    ),
    fakeButtonEvent: xtst.declare(
      'int XTestFakeButtonEvent(void *d, unsigned int button, int press, unsigned long delayMs)',
    ),
  };
});

/** The extension's version, "2.2"; null where the server lacks it. */
export function xtestVersion(connection: XConnection): string | null {
  const numbers = [new Int32Array(1), new Int32Array(1), new Int32Array(1), new Int32Array(1)] as const;
  const there = connection.trapReply(() => functions().queryExtension(connection.display, ...numbers));
  return there === 0 ? null : `${numbers[2][0]}.${numbers[3][0]}`;
}

/** Every common X server has XTEST: what lacks it is most often a connection that may not use it. */
export const RESTRICTED_ADVICE =
  'With ssh -X the connection is restricted: use ssh -Y, or run understudy beside the game. Else use an X server that has it (Xorg, Xvfb and XWayland do).';

/** @throws UnderstudyError `keyboard-failed` where the server has no XTEST, or this connection may not use it */
export function requireXTest(connection: XConnection): void {
  if (xtestVersion(connection) !== null) return;
  throw new UnderstudyError({
    kind: 'environment',
    code: 'keyboard-failed',
    message: `The X display '${connection.name}' offers this connection no XTEST extension, which synthetic key presses need.`,
    next: RESTRICTED_ADVICE,
  });
}

/**
 * Sends one event of a key or a mouse button at once. The server answers nothing: a refused key shows in
 * `connection.takeErrors()`. A button's press goes to the window under the pointer, its release to the same window.
 *
 * @param keycode 8..255, or a button's number (buttons.ts)
 * @throws UnderstudyError `x11-failed` when the server is gone
 */
export function sendKey(connection: XConnection, keycode: number, down: boolean): void {
  connection.assertUsable();
  const button = buttonOfCode(keycode);
  if (button === null) functions().fakeKeyEvent(connection.display, keycode, down ? 1 : 0, 0);
  else functions().fakeButtonEvent(connection.display, button, down ? 1 : 0, 0);
  xlib().flush(connection.display);
  connection.assertUsable();
}

/**
 * Keycodes that are down according to the server, whatever pressed them (the master keyboard's state). One round trip,
 * so every event that was sent before it has been handled.
 */
export function keysDown(connection: XConnection): Set<number> {
  const bits = new Uint8Array(32);
  connection.trapReply(() => xlib().queryKeymap(connection.display, bits));
  return keycodesIn(bits);
}

/** The same with the mouse buttons, by their numbers among keycodes. Two round trips. */
export function keysAndButtonsDown(connection: XConnection): Set<number> {
  return new Set([...keysDown(connection), ...buttonsDown(connection)]);
}

/** Keycodes of the bits set in X's 32-byte key vectors. */
export function keycodesIn(bits: Uint8Array): Set<number> {
  const keycodes = new Set<number>();
  for (let keycode = 8; keycode < 256; keycode += 1) {
    if ((bits[keycode >> 3] & (1 << (keycode & 7))) !== 0) keycodes.add(keycode);
  }
  return keycodes;
}
