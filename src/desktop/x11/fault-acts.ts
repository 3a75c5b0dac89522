/**
 * Causes faults on a game window and its display, on a separate connection: the parts of the run do not know of them.
 * Used only in a run that was given such a fault.
 */
import { readdirSync } from 'node:fs';
import type { Rectangle } from '../../capture/game-window.js';
import { openLibrary } from '../../system/ffi.js';
import type { WindowFaultActs } from '../fault-acts.js';
import { XConnection } from './connection.js';
import { SimulatedHuman } from './simulated-human.js';
import { readAttributes, readPosition } from './windows.js';
import { xlib, type DisplayPointer, type XId } from './xlib.js';

/** How far a window is moved, px. */
const MOVED_BY = { x: 80, y: 60 } as const;
/** Time from one press of the simulated person to the next, ms; each key is held for half of it. */
const PRESS_EVERY_MS = 20;

/** The window and display faults of one run. Disposal closes their connection. */
export class X11FaultActs implements WindowFaultActs {
  readonly #connection: XConnection;
  readonly #window: XId;
  readonly #keycodes: readonly number[];
  readonly #humans = new Set<SimulatedHuman>();

  /** @param keycodes the mapped keys, which the simulated person presses in turn */
  constructor(display: string, window: XId, keycodes: readonly number[]) {
    this.#connection = XConnection.open(display);
    this.#window = window;
    this.#keycodes = keycodes;
  }

  get acts(): WindowFaultActs['acts'] {
    return {
      'close-window': () => this.#on((d) => xlib().destroyWindow(d, this.#window)),
      'move-window': () => this.#move(),
      'cover-window': () => this.#cover(),
      'lose-focus': () => this.#takeFocus(),
      'cut-x11': () => cutX11Connections(),
      'human-keys': (fault) => this.#pressKeys(fault),
    };
  }

  [Symbol.dispose](): void {
    for (const human of this.#humans) human[Symbol.dispose]();
    this.#connection.close();
  }

  /** Sends requests; a window that is gone by now is not a failure. */
  #on(requests: (d: DisplayPointer) => unknown): void {
    this.#connection.attempt(() => requests(this.#connection.display));
  }

  #move(): (() => void) | void {
    const at = readPosition(this.#connection, this.#window);
    if (at === null) return;
    this.#on((d) => xlib().moveWindow(d, this.#window, at.x + MOVED_BY.x, at.y + MOVED_BY.y));
    return () => this.#on((d) => xlib().moveWindow(d, this.#window, at.x, at.y));
  }

  #cover(): (() => void) | void {
    const at = readPosition(this.#connection, this.#window);
    const size = readAttributes(this.#connection, this.#window);
    if (at === null || size === null) return;
    const cover = this.#openUnmanaged({ ...at, width: size.width, height: size.height });
    return () => this.#on((d) => xlib().destroyWindow(d, cover));
  }

  /** Gives the focus to another window: without any focus, window managers would give it back to the game at once. */
  #takeFocus(): () => void {
    const revertToPointerRoot = 1;
    const other = this.#openUnmanaged({ x: 0, y: 0, width: 1, height: 1 });
    this.#on((d) => xlib().setInputFocus(d, other, revertToPointerRoot, 0));
    return () =>
      this.#on((d) => {
        xlib().setInputFocus(d, this.#window, revertToPointerRoot, 0);
        xlib().destroyWindow(d, other);
      });
  }

  /** A window that no window manager touches, on top of all others. */
  #openUnmanaged({ x, y, width, height }: Rectangle): XId {
    const attributes = Buffer.alloc(112); // XSetWindowAttributes; override_redirect at 88, its mask bit is 9
    attributes.writeInt32LE(1, 88);
    let made = 0;
    this.#on((d) => {
      made = xlib().createSimpleWindow(d, this.#connection.root, x, y, width, height, 0, 0, 0x404040);
      xlib().changeWindowAttributes(d, made, 1 << 9, attributes);
      xlib().mapRaised(d, made);
    });
    return made;
  }

  #pressKeys({ value }: { readonly value: number }): () => void {
    if (this.#keycodes.length === 0) throw new Error('a dry run has no keys to press');
    const human = new SimulatedHuman(this.#connection.name);
    this.#humans.add(human);
    let left = Math.round(value);
    let held: number | null = null;
    const press = (): void => {
      if (held !== null) human.release(held);
      held = null;
      if (left === 0) return end();
      held = this.#keycodes[left % this.#keycodes.length];
      human.press(held);
      left -= 1;
    };
    const timer = setInterval(() => {
      try {
        press();
      } catch {
        held = null; // the display is lost, and its keys with it
        end();
      }
    }, PRESS_EVERY_MS / 2).unref();
    const end = (): void => {
      clearInterval(timer);
      if (!this.#humans.delete(human)) return;
      if (held !== null) human.release(held);
      human[Symbol.dispose]();
    };
    return end;
  }
}

/** Shuts down every socket of this process that is connected to an X server, as when the server ends. */
function cutX11Connections(): void {
  const libc = openLibrary('libc.so.6');
  const peerName = libc.declare('int getpeername(int fd, void *address, void *length)');
  const shutdown = libc.declare('int shutdown(int fd, int how)');
  const readAndWrite = 2;
  for (const fd of readdirSync('/proc/self/fd').map(Number)) {
    const address = Buffer.alloc(128);
    const length = new Int32Array([address.length]);
    if (peerName(fd, address, length) !== 0) continue;
    if (address.subarray(2, length[0]).includes('.X11-unix/X')) shutdown(fd, readAndWrite);
  }
}
