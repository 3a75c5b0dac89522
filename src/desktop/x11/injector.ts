/**
 * Presses keys and mouse buttons through XTEST on the guard's connection. Never waits for the server except to read its
 * state.
 */
import { NONE_HELD, type HeldActions } from '../../core/action-set.js';
import { UnderstudyError } from '../../core/errors.js';
import type { KeyInjector, NamedKey } from '../key-injector.js';
import { buttonOfCode } from './buttons.js';
import type { XConnection } from './connection.js';
import { isUnderPointer } from './pointer.js';
import { inputDevices, keysDownOn, requireXInput2, xtestDevice } from './xinput2.js';
import type { XId } from './xlib.js';
import { keysAndButtonsDown, keysDown, requireXTest, sendKey } from './xtest.js';

/**
 * Checks that XTEST works on this connection, and opens an injector on it. The injector then closes the connection.
 *
 * @throws UnderstudyError `keyboard-failed`, `x11-failed`
 */
export function openXTest(connection: XConnection, keys: readonly NamedKey[], gameWindow: XId | null): XTestInjector {
  requireXTest(connection);
  requireXInput2(connection);
  const keycodes = keys.map((key) => key.keycode);
  const uses: readonly ('keyboard' | 'pointer')[] = hasButtons(keycodes) ? ['keyboard', 'pointer'] : ['keyboard'];
  const devices = uses.map((use) => xtestDevice(connection, use) ?? throwNoDevice(connection, use));
  return new XTestInjector(connection, { devices: devices.map(({ id }) => id), keycodes, gameWindow });
}

/** What an injector presses, and through which devices. */
interface XTestPress {
  /** XTEST's keyboard, and its pointer where one of the keys is a button. */
  readonly devices: readonly number[];
  readonly keycodes: readonly number[];
  /** Mouse buttons are pressed in it alone. */
  readonly gameWindow: XId | null;
}

/** Presses keys on one connection. */
export class XTestInjector implements KeyInjector {
  /** Keys are sent on it. A watch on it sees everything that the server saw before a key is sent. */
  readonly connection: XConnection;
  readonly #press: XTestPress;
  /** The keys that are mouse buttons. */
  readonly #buttons: HeldActions;

  constructor(connection: XConnection, press: XTestPress) {
    this.connection = connection;
    this.#press = press;
    this.#buttons = this.#bitsOf(new Set(press.keycodes.filter((keycode) => buttonOfCode(keycode) !== null)));
  }

  send(index: number, down: boolean): void {
    sendKey(this.connection, this.#press.keycodes[index], down);
  }

  downNow(): HeldActions {
    return this.#bitsOf(this.#buttons === NONE_HELD ? keysDown(this.connection) : keysAndButtonsDown(this.connection));
  }

  outOfReach(keys: HeldActions): HeldActions {
    const buttons = keys & this.#buttons;
    if (buttons === NONE_HELD) return NONE_HELD;
    const { gameWindow } = this.#press;
    return gameWindow !== null && isUnderPointer(this.connection, gameWindow) ? NONE_HELD : buttons;
  }

  downThroughThis(): HeldActions | null {
    const down = this.#press.devices.map((id) => keysDownOn(this.connection, id)).filter((keys) => keys !== null);
    return down.length === 0 ? null : this.#bitsOf(new Set(down.flatMap((keys) => [...keys])));
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
    const { keycodes: all } = this.#press;
    return all.reduce((bits, keycode, index) => bits | (keycodes.has(keycode) ? 1 << index : 0), NONE_HELD);
  }
}

function hasButtons(keycodes: readonly number[]): boolean {
  return keycodes.some((keycode) => buttonOfCode(keycode) !== null);
}

function throwNoDevice(connection: XConnection, use: 'keyboard' | 'pointer'): never {
  const names = inputDevices(connection).map((device) => device.name);
  const what = use === 'keyboard' ? 'keys' : 'mouse buttons';
  throw new UnderstudyError({
    kind: 'environment',
    code: 'keyboard-failed',
    message: `The X display '${connection.name}' has no XTEST ${use}, through which ${what} are sent (it has: ${names.join(', ')}).`,
    next: `Attach the XTEST ${use} to the master ${use} again (xinput reattach), or restart the X server.`,
  });
}
