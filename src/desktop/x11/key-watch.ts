/**
 * Watches every key that goes down or up on a display, and says whose hand it was: a keyboard's or a program's
 * (XTEST). Recording and takeover stand on it. Presses nothing and takes no key away from anybody.
 */
import { UnderstudyError } from '../../core/errors.js';
import { ForwardTimes } from '../event-times.js';
import type { KeyWatch, KeyWatchListener, PhysicalKey } from '../key-watch.js';
import type { XConnection } from './connection.js';
import { keysymName, keysymOf } from './keysyms.js';
import { whileServedAlone } from './server-grab.js';
import {
  decodeXInputEvent,
  eventBuffer,
  inputDevices,
  keysDownOn,
  selectRawKeys,
  type InputDevice,
  type RawKeyEvent,
} from './xinput2.js';
import { keysDown } from './xtest.js';

/** 10 ms: 2 % of a core (measured, 2 cores), nearly all of it the timer; a key is seen within a tick at any rate in use. */
const POLL_MS = 10;

export interface XInputWatchOptions extends KeyWatchListener {
  /** Keys are sent on this connection too; it stays open when the watch ends. False: it is the watch's, and closed with it. */
  readonly shared: boolean;
  readonly pollMs?: number | undefined;
}

/** A watch through X Input 2. */
export class XInputWatch implements KeyWatch {
  readonly #connection: XConnection;
  readonly #options: XInputWatchOptions;
  readonly #opcode: number;
  readonly #event = eventBuffer();
  readonly #timer: NodeJS.Timeout;
  readonly #times = new ForwardTimes();
  #devices: Map<number, InputDevice>;
  #stopped = false;

  /** Starts watching. @throws UnderstudyError `keyboard-failed` (no X Input 2); the connection is open then */
  constructor(connection: XConnection, options: XInputWatchOptions) {
    this.#connection = connection;
    this.#options = options;
    selectRawKeys(connection);
    this.#opcode = connection.extension('XInputExtension')?.opcode ?? 0;
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
    // on a connection of its own: the keys would wait behind the grab, so a last look must do
    if (this.#options.shared) whileServedAlone(this.#connection, caughtUp);
    else caughtUp();
  }

  #take(before: () => void): void {
    if (this.#over) return;
    try {
      before();
      while (this.#connection.pollEvent(this.#event)) {
        const event = decodeXInputEvent(this.#connection, this.#event, this.#opcode);
        if (event === 'devices-changed') this.#devices = devicesById(this.#connection);
        else if (event !== null) this.#tell(event);
        if (this.#over) return; // the listener had seen enough
      }
    } catch (error) {
      if (!(error instanceof UnderstudyError && error.code === 'x11-failed')) throw error;
      this[Symbol.dispose]();
      this.#options.onLost?.(error);
    }
  }

  keysDown(): PhysicalKey[] {
    if (this.#over) return [];
    return [...keysDown(this.#connection)].map((keycode) => ({ keycode, keysym: this.#keysymOf(keycode) }));
  }

  inHands(): number[] {
    return this.#over ? [] : [...heldByHand(this.#connection, [...this.#devices.values()])];
  }

  [Symbol.dispose](): void {
    this.#stopped = true;
    clearInterval(this.#timer);
    if (!this.#options.shared) this.#connection.close();
  }

  get #over(): boolean {
    return this.#stopped || this.#connection.closed;
  }

  #tell(event: RawKeyEvent): void {
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
    return keysymName(keysymOf(this.#connection, keycode));
  }
}

/** Keycodes that keyboards hold down, XTEST's left out. Needs X Input 2 on the connection. */
export function heldByHand(
  connection: XConnection,
  devices: readonly InputDevice[] = inputDevices(connection),
): Set<number> {
  const keyboards = devices.filter((device) => device.use === 'keyboard' && !device.synthetic);
  return new Set(keyboards.flatMap((device) => [...(keysDownOn(connection, device.id) ?? [])]));
}

function devicesById(connection: XConnection): Map<number, InputDevice> {
  return new Map(inputDevices(connection).map((device) => [device.id, device]));
}
