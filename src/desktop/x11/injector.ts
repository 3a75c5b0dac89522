/** Presses keys through XTEST on the guard's connection. Never waits for the server except to read its state. */
import { NONE_HELD, type HeldActions } from '../../core/action-set.js';
import { UnderstudyError } from '../../core/errors.js';
import type { KeyInjector, NamedKey } from '../key-injector.js';
import type { XConnection } from './connection.js';
import { inputDevices, keysDownOn, requireXInput2, xtestKeyboard } from './xinput2.js';
import { keysDown, requireXTest, sendKey } from './xtest.js';

/**
 * Checks that XTEST works on this connection, and opens an injector on it. The injector then closes the connection.
 *
 * @throws UnderstudyError `keyboard-failed`, `x11-failed`
 */
export function openXTest(connection: XConnection, keys: readonly NamedKey[]): XTestInjector {
  requireXTest(connection);
  requireXInput2(connection);
  const keyboard = xtestKeyboard(connection);
  if (keyboard === null) throw noXTestKeyboard(connection);
  return new XTestInjector(
    connection,
    keyboard.id,
    keys.map((key) => key.keycode),
  );
}

/** Presses keys on one connection. */
export class XTestInjector implements KeyInjector {
  /** Keys are sent on it. A watch on it sees everything that the server saw before a key is sent. */
  readonly connection: XConnection;
  readonly #xtestDeviceId: number;
  readonly #keycodes: readonly number[];

  constructor(connection: XConnection, xtestDeviceId: number, keycodes: readonly number[]) {
    this.connection = connection;
    this.#xtestDeviceId = xtestDeviceId;
    this.#keycodes = keycodes;
  }

  send(index: number, down: boolean): void {
    sendKey(this.connection, this.#keycodes[index], down);
  }

  downNow(): HeldActions {
    return this.#bitsOf(keysDown(this.connection));
  }

  downThroughThis(): HeldActions | null {
    const keycodes = keysDownOn(this.connection, this.#xtestDeviceId);
    return keycodes === null ? null : this.#bitsOf(keycodes);
  }

  settle(): Promise<void> {
    const [error] = this.connection.takeErrors();
    if (error === undefined) return Promise.resolve();
    return Promise.reject(
      new UnderstudyError({
        kind: 'environment',
        code: 'keyboard-failed',
        message: `The X server refused a key event: ${this.connection.errorText(error.errorCode)}.`,
        next: 'Check the layout with `understudy doctor`, then start again.',
      }),
    );
  }

  // reading the keys is a round trip; an exception becomes a rejection
  async drain(): Promise<void> {
    keysDown(this.connection);
    return this.settle();
  }

  close(): void {
    this.connection.close();
  }

  #bitsOf(keycodes: ReadonlySet<number>): HeldActions {
    return this.#keycodes.reduce((bits, keycode, index) => bits | (keycodes.has(keycode) ? 1 << index : 0), NONE_HELD);
  }
}

function noXTestKeyboard(connection: XConnection): UnderstudyError {
  const names = inputDevices(connection).map((device) => device.name);
  return new UnderstudyError({
    kind: 'environment',
    code: 'keyboard-failed',
    message: `The X display '${connection.name}' has no XTEST keyboard, through which keys are sent (it has: ${names.join(', ')}).`,
    next: 'Attach the XTEST keyboard to the master keyboard again (xinput reattach), or restart the X server.',
  });
}
