/**
 * A person at the keyboard, for tests: key events of Xvfb's own keyboard, which X Input tells apart from XTEST's. There
 * is no uinput in a container, and plain XTEST would show as a program.
 */
import { XConnection } from '../../src/x11/connection.js';
import { openLibrary, type Pointer } from '../../src/x11/native.js';
import { inputDevices, requireXInput2 } from '../../src/x11/xinput2.js';
import { keysDown } from '../../src/x11/xtest.js';

export class SimulatedHuman implements Disposable {
  readonly #connection: XConnection;
  readonly #device: Pointer;
  readonly #fake: (keycode: number, down: boolean) => void;

  /** @param display an Xvfb display, ":7" */
  constructor(display: string) {
    this.#connection = XConnection.open(display);
    requireXInput2(this.#connection);
    const keyboard = inputDevices(this.#connection).find((device) => device.name === 'Xvfb keyboard');
    if (keyboard === undefined) throw new Error(`no 'Xvfb keyboard' on ${display}`);
    const open = openLibrary('libXi.so.6').declare<(d: Pointer, id: number) => Pointer | null>(
      'void *XOpenDevice(void *d, unsigned long id)',
    );
    const device = this.#connection.trap(() => open(this.#connection.display, keyboard.id));
    if (device === null) throw new Error(`'Xvfb keyboard' does not open on ${display}`);
    this.#device = device;
    const fake = openLibrary('libXtst.so.6').declare<
      (d: Pointer, device: Pointer, keycode: number, down: number, axes: null, count: number, delay: number) => number
    >(
      'int XTestFakeDeviceKeyEvent(void *d, void *device, unsigned int keycode, int press, void *axes, int count, ' +
        'unsigned long delay)',
    );
    this.#fake = (keycode, down) =>
      void fake(this.#connection.display, this.#device, keycode, down ? 1 : 0, null, 0, 0);
  }

  /** Returns once the server has handled it. */
  press(keycode: number): void {
    this.#connection.trap(() => this.#fake(keycode, true));
  }

  release(keycode: number): void {
    this.#connection.trap(() => this.#fake(keycode, false));
  }

  /** What the server says is down, whoever holds it. */
  keysDown(): Set<number> {
    return keysDown(this.#connection);
  }

  [Symbol.dispose](): void {
    this.#connection.close();
  }
}
