/**
 * One connection to an X server. X errors and a lost server become typed errors here; nothing here ends the process.
 * Not to be used from two threads.
 */
import { UnderstudyError } from '../../core/errors.js';
import { noDisplay } from './no-display.js';
import { XRequestError, install, listenForErrors, stopListening, type XErrorRecord } from './x-errors.js';
import { xlib, type DisplayPointer, type XId } from './xlib.js';

/** sizeof(XEvent) on a 64-bit machine: long pad[24]. */
export const EVENT_BYTES = 192;

/** Errors outside of any trap that are kept, at most; older ones are dropped. */
const KEPT_ERRORS = 32;

export class XConnection implements Disposable {
  /** As it was given, or from $DISPLAY: ":0". */
  readonly name: string;
  /** `Display *`, for functions declared elsewhere. Must not be used once {@link lost} or closed. */
  readonly display: DisplayPointer;
  readonly root: XId;
  #lost = false;
  #closed = false;
  #errors: XErrorRecord[] = [];
  readonly #atoms = new Map<string, XId>();

  private constructor(name: string, display: DisplayPointer) {
    this.name = name;
    this.display = display;
    listenForErrors(display, {
      onError: (record) => {
        this.#errors.push(record);
        if (this.#errors.length > KEPT_ERRORS) this.#errors.shift();
      },
      onLost: () => {
        this.#lost = true;
      },
    });
    this.root = xlib().defaultRootWindow(display);
  }

  /**
   * Opens a connection.
   *
   * @param name ":1", "host:0"; $DISPLAY when left out
   * @throws UnderstudyError `no-display` (unset or unreachable), `wayland` (only $WAYLAND_DISPLAY is set),
   *   `package-missing`
   */
  static open(name?: string, env: NodeJS.ProcessEnv = process.env): XConnection {
    const wanted = name ?? env.DISPLAY ?? '';
    refuseWaylandOnly(wanted, env);
    install();
    const opened = wanted === '' ? null : xlib().openDisplay(wanted);
    if (opened === null) throw noDisplay(wanted, env, canOpen);
    return new XConnection(wanted, opened);
  }

  /** True once the server is gone; every call then throws `x11-failed`. */
  get lost(): boolean {
    return this.#lost;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /**
   * Runs requests and waits until the server has handled them.
   *
   * @throws XRequestError for the first that the server refused; UnderstudyError `x11-failed` when it is gone
   */
  trap<T>(requests: () => T): T {
    return this.#trap(requests, true);
  }

  /**
   * As {@link trap}, for requests of which the last has a reply (a get or a query): that reply proves that all of them
   * were handled, which saves the round trip of a sync.
   */
  trapReply<T>(requests: () => T): T {
    return this.#trap(requests, false);
  }

  #trap<T>(requests: () => T, sync: boolean): T {
    this.assertUsable();
    const x = xlib();
    const first = x.nextRequest(this.display);
    const result = requests();
    if (sync && !this.#lost) x.sync(this.display, 0);
    this.assertUsable();
    if (this.#errors.length === 0) return result;
    const mine = this.#errors.filter((record) => record.serial >= first);
    if (mine.length === 0) return result;
    this.#errors = this.#errors.filter((record) => record.serial < first);
    throw new XRequestError(mine[0], this.errorText(mine[0].errorCode));
  }

  /** As {@link trap}, but null where the server refused: for windows that may be gone. A lost server throws. */
  attempt<T>(requests: () => T): T | null {
    return this.#attempt(requests, true);
  }

  /** As {@link trapReply}, but null where the server refused. */
  attemptReply<T>(requests: () => T): T | null {
    return this.#attempt(requests, false);
  }

  #attempt<T>(requests: () => T, sync: boolean): T | null {
    try {
      return this.#trap(requests, sync);
    } catch (error) {
      if (error instanceof XRequestError) return null;
      throw error;
    }
  }

  /** Errors of requests outside any trap since the last call, oldest first; at most 32 are kept. */
  takeErrors(): XErrorRecord[] {
    const taken = this.#errors;
    this.#errors = [];
    return taken;
  }

  /** The text for an error code: "BadWindow (invalid Window parameter)". */
  errorText(code: number): string {
    const text = Buffer.alloc(128);
    xlib().getErrorText(this.display, code, text, text.length);
    const end = text.indexOf(0);
    return text.toString('latin1', 0, end === -1 ? text.length : end);
  }

  /** The atom of a name, interned at the first use. */
  atom(name: string): XId {
    const known = this.#atoms.get(name);
    if (known !== undefined) return known;
    this.assertUsable();
    const atom = xlib().internAtom(this.display, name, 0);
    this.assertUsable();
    this.#atoms.set(name, atom);
    return atom;
  }

  /** The extension's major opcode, or null where the server lacks it. */
  extension(name: string): number | null {
    this.assertUsable();
    const codes = [new Int32Array(1), new Int32Array(1), new Int32Array(1)] as const;
    const there = xlib().queryExtension(this.display, name, ...codes);
    this.assertUsable();
    return there === 0 ? null : codes[0][0];
  }

  /**
   * The next event that has already arrived, written into `event` ({@link EVENT_BYTES} bytes); false when there is
   * none. Never blocks. Reads the socket, so that a lost server shows here too.
   */
  pollEvent(event: Uint8Array): boolean {
    this.assertUsable();
    const waiting = xlib().pending(this.display) > 0;
    this.assertUsable();
    if (!waiting) return false;
    xlib().nextEvent(this.display, event);
    this.assertUsable();
    return true;
  }

  /** @throws UnderstudyError `x11-failed`, not transient, when the server is gone or this was closed */
  assertUsable(): void {
    if (!this.#lost && !this.#closed) return;
    throw new UnderstudyError({
      kind: 'environment',
      code: 'x11-failed',
      message: this.#closed
        ? `The connection to the X display '${this.name}' was closed.`
        : `The connection to the X display '${this.name}' broke: the X server ended or closed it.`,
      next: 'Start again once the display is back.',
    });
  }

  /** Closes the connection; the server then frees everything made through it. Idempotent, never throws. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    // Xlib frees a broken connection too, without sending anything (checked with libX11 1.8.4)
    xlib().closeDisplay(this.display);
    stopListening(this.display);
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

function canOpen(name: string): boolean {
  const display = xlib().openDisplay(name);
  if (display !== null) xlib().closeDisplay(display);
  return display !== null;
}

/** @throws UnderstudyError `wayland` in a session without X11; with XWayland, $DISPLAY is set and this passes */
function refuseWaylandOnly(wanted: string, { WAYLAND_DISPLAY: socket }: NodeJS.ProcessEnv): void {
  if (!socket || wanted !== '') return;
  throw new UnderstudyError({
    kind: 'environment',
    code: 'wayland',
    message:
      `This is a Wayland session ($WAYLAND_DISPLAY is '${socket}') without X11 ($DISPLAY is not set). Wayland does ` +
      'not let a program read or type into the windows of another.',
    next: 'Log in to an X11 session, or start the game under XWayland with $DISPLAY set.',
  });
}
