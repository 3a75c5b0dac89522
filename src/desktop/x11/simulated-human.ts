/**
 * Simulates a person at the keyboard, for tests and for `--fault human-keys`: sends key events of one of the server's
 * keyboards, which X Input distinguishes from XTEST's. Containers have no uinput, and plain XTEST counts as a program.
 */
import { UnderstudyError } from '../../core/errors.js';
import { XConnection } from './connection.js';
import { openLibrary, type Pointer } from '../../system/ffi.js';
import { inputDevices, requireXInput2 } from './xinput2.js';
import { keysDown } from './xtest.js';

/** Presses keys as a person would. Disposal releases what it holds: the server does not when a connection closes. */
export class SimulatedHuman implements Disposable {
  readonly #connection: XConnection;
  readonly #device: Pointer;
  readonly #fake: (keycode: number, down: boolean) => void;
  readonly #inHand = new Set<number>();

  /**
   * @param display ":7"
   * @throws UnderstudyError `keyboard-failed` where the display has no keyboard that can be used
   */
  constructor(display: string) {
    this.#connection = XConnection.open(display);
    requireXInput2(this.#connection);
    const keyboards = inputDevices(this.#connection).filter((device) => device.use === 'keyboard' && !device.synthetic);
    const keyboard = keyboards.find((device) => device.name === 'Xvfb keyboard') ?? keyboards[0];
    if (keyboard === undefined) throw noKeyboard(display);
    const open = openLibrary('libXi.so.6').declare('void *XOpenDevice(void *d, unsigned long id)');
    const device = this.#connection.trap(() => open(this.#connection.display, keyboard.id));
    if (device === null) throw noKeyboard(display);
    this.#device = device;
    const fake = openLibrary('libXtst.so.6').declare(
      'int XTestFakeDeviceKeyEvent(void *d, void *device, unsigned int keycode, int press, void *axes, int count, ',
      'unsigned long delay)',
    );
    this.#fake = (keycode, down) =>
      void fake(this.#connection.display, this.#device, keycode, down ? 1 : 0, null, 0, 0);
  }

  /** Returns once the server has handled it. */
  press(keycode: number): void {
    this.#inHand.add(keycode);
    this.#connection.trap(() => this.#fake(keycode, true));
  }

  release(keycode: number): void {
    this.#inHand.delete(keycode);
    this.#connection.trap(() => this.#fake(keycode, false));
  }

  /** Keycodes that are down according to the server, whatever holds them. */
  keysDown(): Set<number> {
    return keysDown(this.#connection);
  }

  [Symbol.dispose](): void {
    if (this.#connection.closed) return;
    if (!this.#connection.lost) for (const keycode of [...this.#inHand]) this.release(keycode);
    this.#connection.close();
  }
}

function noKeyboard(display: string): UnderstudyError {
  return new UnderstudyError({
    kind: 'environment',
    code: 'keyboard-failed',
    message: `The display '${display}' has no keyboard besides XTEST's that could be used.`,
    next: 'Run it on an Xvfb display.',
  });
}
