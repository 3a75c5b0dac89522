/**
 * Watches every key that goes down or up on a display, and says whose hand it was: a keyboard's or a program's
 * (XTEST). Recording and takeover stand on it. Presses nothing and takes no key away from anybody.
 */
import { XConnection } from '../desktop/x11/connection.js';
import { keysymName, keysymOf } from '../desktop/x11/keysyms.js';
import {
  decodeXInputEvent,
  eventBuffer,
  inputDevices,
  keysDownOn,
  selectRawKeys,
  type InputDevice,
  type RawKeyEvent,
} from '../desktop/x11/xinput2.js';
import { keysDown } from '../desktop/x11/xtest.js';
import { monotonicMs } from '../core/clock.js';
import { UnderstudyError } from '../core/errors.js';

/** A key of a keyboard. */
export interface PhysicalKey {
  /** X keycode, 8..255; of a hook (uiohook.ts) its own number. */
  readonly keycode: number;
  /** Keysym name without modifiers, "f"; null for a key without one. */
  readonly keysym: string | null;
}

/** One key going down or up; a held key does not repeat. */
export interface KeyObservation extends PhysicalKey {
  readonly down: boolean;
  /** True where a program sent it through XTEST, false for a keyboard: a person. A hook cannot tell: false. */
  readonly synthetic: boolean;
  /** Name of the device that sent it. */
  readonly device: string;
  /** When the server saw it, ms: performance.now()'s clock. */
  readonly atMs: number;
  /** The same moment, ms since 1970. */
  readonly atUnixMs: number;
}

export interface KeyWatchOptions {
  /** X display; $DISPLAY when left out. */
  readonly display?: string;
  /** Watches on this connection, which stays open, instead of on one of its own. */
  readonly connection?: XConnection | undefined;
  readonly onKey: (key: KeyObservation) => void;
  /** Called once when the server goes away; nothing is observed after it. */
  readonly onLost?: (error: Error) => void;
  /** How often the socket is looked at, ms. Delays the call, not the times in it. Default 10. */
  readonly pollMs?: number;
}

/** 10 ms: 2 % of a core (measured, 2 cores), nearly all of it the timer; a key is seen within a tick at any rate in use. */
const POLL_MS = 10;

/** A server clock that is farther from this machine's than this, ms, is another machine's: arrival counts instead. */
const CLOCKS_AGREE_WITHIN_MS = 2000;

/** A watch that is running; dispose it to stop. */
export interface KeyWatch extends Disposable {
  /** Takes what has arrived now, without waiting for the next look. */
  poll(): void;
  /** Takes everything that the server has seen by now: one round trip. A hook: as {@link poll}. */
  catchUp(): void;
  /** The keys that are down now, whoever holds them; a hook knows only those that went down while it watched. */
  keysDown(): readonly PhysicalKey[];
  /** Keycodes that keyboards, not programs, hold down now; null of a hook, which cannot tell the two apart. */
  inHands(): readonly number[] | null;
}

/**
 * Starts watching. Events of the past are not seen. A watch alone keeps no process alive.
 *
 * @throws UnderstudyError `no-display`, `wayland`, `keyboard-failed` (no X Input 2)
 */
export function watchKeys(options: KeyWatchOptions): KeyWatch {
  const connection = options.connection ?? XConnection.open(options.display);
  try {
    return new XInputWatch(connection, options);
  } catch (error) {
    if (options.connection === undefined) connection.close();
    throw error;
  }
}

class XInputWatch implements KeyWatch {
  readonly #connection: XConnection;
  readonly #options: KeyWatchOptions;
  readonly #opcode: number;
  readonly #event = eventBuffer();
  readonly #timer: NodeJS.Timeout;
  readonly #times = new ForwardTimes();
  #devices: Map<number, InputDevice>;
  #stopped = false;

  constructor(connection: XConnection, options: KeyWatchOptions) {
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
    if (this.#options.connection === undefined) this.#connection.close();
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

/**
 * A server time on performance.now()'s clock. X servers stamp with the machine's monotonic clock in 32 bits of ms
 * (X.Org, GetTimeInMillis); one that does not is on another machine, and arrival stands in.
 */
export function onOurClock(
  serverTimeMs: number,
  nowMs: number = performance.now(),
  machineMs: number = monotonicMs(),
): number {
  const wrap = 2 ** 32;
  // how long ago, on a clock that wraps: the nearest reading, past or (by rounding) future
  let agoMs = (machineMs - serverTimeMs) % wrap;
  if (agoMs > wrap / 2) agoMs -= wrap;
  if (agoMs < -wrap / 2) agoMs += wrap;
  return Math.abs(agoMs) > CLOCKS_AGREE_WITHIN_MS ? nowMs : nowMs - Math.max(0, agoMs);
}

/**
 * Times of events in the order in which they came: never back. Two clocks cannot be read at the same instant, so that a
 * press and a release in one millisecond of the server's could otherwise change places when they are sorted.
 */
export class ForwardTimes {
  #lastMs = Number.NEGATIVE_INFINITY;

  /** {@link onOurClock}, and at least what was answered last. */
  of(serverTimeMs: number, nowMs?: number, machineMs?: number): number {
    this.#lastMs = Math.max(this.#lastMs, onOurClock(serverTimeMs, nowMs, machineMs));
    return this.#lastMs;
  }
}
