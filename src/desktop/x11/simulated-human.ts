/**
 * Simulates a person at the keyboard and the mouse, for tests and for `--fault human-keys`: sends events of one of the
 * server's keyboards and of one of its pointers, which X Input distinguishes from XTEST's. Containers have no uinput, and plain XTEST counts as a program.
 */
import { UnderstudyError } from '../../core/errors.js';
import { buttonOfCode } from './buttons.js';
import { XConnection } from './connection.js';
import { lazily, openLibrary, type Pointer } from '../../system/ffi.js';
import { inputDevices, requireXInput2 } from './xinput2.js';
import { keysDown } from './xtest.js';

const functions = lazily(() => {
  const xtst = openLibrary('libXtst.so.6');
  return {
    openDevice: openLibrary('libXi.so.6').declare('void *XOpenDevice(void *d, unsigned long id)'),
    fakeKey: xtst.declare(
      'int XTestFakeDeviceKeyEvent(void *d, void *device, unsigned int keycode, int press, void *axes, int count, ',
      'unsigned long delay)',
    ),
    fakeButton: xtst.declare(
      'int XTestFakeDeviceButtonEvent(void *d, void *device, unsigned int button, int press, void *axes, int count, ',
      'unsigned long delay)',
    ),
  };
});

/** Presses keys and mouse buttons as a person would. Disposal releases what it holds: the server does not when a connection closes. */
export class SimulatedHuman implements Disposable {
  readonly #connection: XConnection;
  readonly #devices = new Map<'keyboard' | 'pointer', Pointer>();
  readonly #inHand = new Set<number>();

  /**
   * @param display ":7"
   * @throws UnderstudyError `keyboard-failed` where the display has no keyboard that can be used
   */
  constructor(display: string) {
    this.#connection = XConnection.open(display);
    requireXInput2(this.#connection);
    this.#device('keyboard'); // a display without one is refused now
  }

  /** Returns once the server has handled it. @param keycode also the number of a mouse button */
  press(keycode: number): void {
    this.#inHand.add(keycode);
    this.#fake(keycode, true);
  }

  release(keycode: number): void {
    this.#inHand.delete(keycode);
    this.#fake(keycode, false);
  }

  #fake(keycode: number, down: boolean): void {
    const button = buttonOfCode(keycode);
    const device = this.#device(button === null ? 'keyboard' : 'pointer');
    const { fakeKey, fakeButton } = functions();
    const { display } = this.#connection;
    this.#connection.trap(() => {
      if (button === null) fakeKey(display, device, keycode, down ? 1 : 0, null, 0, 0);
      else fakeButton(display, device, button, down ? 1 : 0, null, 0, 0);
    });
  }

  /** Opened when it is first used. */
  #device(use: 'keyboard' | 'pointer'): Pointer {
    const opened = this.#devices.get(use);
    if (opened !== undefined) return opened;
    const connection = this.#connection;
    const devices = inputDevices(connection).filter((device) => device.use === use && !device.synthetic);
    const wanted = devices.find(({ name }) => name.startsWith('Xvfb')) ?? devices[0];
    const device = wanted && connection.trap(() => functions().openDevice(connection.display, wanted.id));
    if (!device) throw noDevice(connection.name, use);
    this.#devices.set(use, device);
    return device;
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

function noDevice(display: string, use: 'keyboard' | 'pointer'): UnderstudyError {
  return new UnderstudyError({
    kind: 'environment',
    code: 'keyboard-failed',
    message: `The display '${display}' has no ${use} besides XTEST's that could be used.`,
    next: 'Run it on an Xvfb display.',
  });
}
