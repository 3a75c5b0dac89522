/**
 * Watches every key and mouse button that goes down or up on a display, and says whether a device or a program (XTEST)
 * sent it.
 * Recording and takeover depend on it. Presses nothing; other programs still receive every key.
 */
import { UnderstudyError } from '../../core/errors.js';
import { ForwardTimes } from '../event-times.js';
import type { KeyWatch, KeyWatchListener, PhysicalKey } from '../key-watch.js';
import { buttonNameOf } from './buttons.js';
import { EVENT_BYTES, type XConnection } from './connection.js';
import { keysymName, keysymOf } from './keysyms.js';
import { whileServedAlone } from './server-grab.js';
import {
  decodeXInputEvent,
  inputDevices,
  heldBy,
  selectRawKeys,
  type InputDevice,
  type RawKeyEvent,
} from './xinput2.js';
import { keysAndButtonsDown } from './xtest.js';

/** 10 ms costs 2 % of a core (measured, 2 cores), mostly for the timer; keys are seen within a tick at any rate in use. */
const POLL_MS = 10;

export interface XInputWatchOptions extends KeyWatchListener {
  /** True where keys are sent on this connection too: it stays open when the watch ends. False: the watch closes it. */
  readonly shared: boolean;
  readonly pollMs?: number | undefined;
}

/** A watch through X Input 2. */
export class XInputWatch implements KeyWatch {
  readonly #connection: XConnection;
  readonly #options: XInputWatchOptions;
  readonly #opcode: number;
  readonly #event = Buffer.alloc(EVENT_BYTES);
  readonly #timer: NodeJS.Timeout;
  readonly #times = new ForwardTimes();
  #devices: Map<number, InputDevice>;
  #stopped = false;

  /** Starts watching. @throws UnderstudyError `keyboard-failed` (no X Input 2); the connection is open then */
  constructor(connection: XConnection, options: XInputWatchOptions) {
    this.#connection = connection;
    this.#options = options;
    selectRawKeys(connection);
    this.#opcode = connection.extension('XInputExtension') ?? 0;
    this.#devices = devicesById(connection);
    this.#timer = setInterval(() => this.poll(), options.pollMs ?? POLL_MS).unref();
  }

  poll(): void {
    this.#take(() => undefined);
  }

  catchUp(): void {
    this.#take(() => this.#connection.trap(() => undefined));
  }

  alone(act: () => void): void {
    const caughtUp = (): void => {
      this.catchUp();
      act();
    };
    // on a separate connection keys would wait behind the grab, so only a last look is possible
    if (this.#options.shared) whileServedAlone(this.#connection, caughtUp);
    else caughtUp();
  }

  #take(before: () => void): void {
    if (this.#isOver) return;
    try {
      before();
      while (this.#connection.pollEvent(this.#event)) {
        const event = decodeXInputEvent(this.#connection, this.#event, this.#opcode);
        if (event === 'devices-changed') this.#devices = devicesById(this.#connection);
        else if (event !== null) this.#report(event);
        if (this.#isOver) return; // the listener has disposed of the watch
      }
    } catch (error) {
      if (!(error instanceof UnderstudyError && error.code === 'x11-failed')) throw error;
      this[Symbol.dispose]();
      this.#options.onLost?.(error);
    }
  }

  keysDown(): PhysicalKey[] {
    if (this.#isOver) return [];
    return [...keysAndButtonsDown(this.#connection)].map((keycode) => ({ keycode, keysym: this.#keysymOf(keycode) }));
  }

  inHands(): number[] {
    return this.#isOver ? [] : [...heldBy(this.#connection, 'person', [...this.#devices.values()])];
  }

  [Symbol.dispose](): void {
    this.#stopped = true;
    clearInterval(this.#timer);
    if (!this.#options.shared) this.#connection.close();
  }

  get #isOver(): boolean {
    return this.#stopped || this.#connection.closed;
  }

  #report(event: RawKeyEvent): void {
    const device = this.#devices.get(event.sourceId);
    const atMs = this.#times.of(event.serverTimeMs);
    this.#options.onKey({
      keycode: event.keycode,
      keysym: this.#keysymOf(event.keycode),
      down: event.down,
      synthetic: device?.synthetic ?? false,
      device: device?.name ?? `device ${event.sourceId}`,
      atMs,
      atUnixMs: Date.now() - (performance.now() - atMs),
    });
  }

  #keysymOf(keycode: number): string | null {
    return buttonNameOf(keycode) ?? keysymName(keysymOf(this.#connection, keycode));
  }
}

function devicesById(connection: XConnection): Map<number, InputDevice> {
  return new Map(inputDevices(connection).map((device) => [device.id, device]));
}
