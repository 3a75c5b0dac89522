/**
 * Keeps an X error from ending the process: Xlib's default handlers print and exit. The handlers here are installed
 * once, for all connections, and no other file installs any; they only note what happened (Xlib forbids requests inside
 * a handler).
 */
import { UnderstudyError } from '../../core/errors.js';
import { callback, copyMemory, lazily, openLibrary, type Pointer } from '../../system/ffi.js';
import type { DisplayPointer, XId } from './xlib.js';

/** One error from the server (XErrorEvent). */
export interface XErrorRecord {
  /** 8 = BadMatch, 3 = BadWindow, 9 = BadDrawable, 10 = BadAccess; extensions have their own. */
  readonly errorCode: number;
  /** Major opcode of the request. */
  readonly requestCode: number;
  /** Minor opcode, for extensions. */
  readonly minorCode: number;
  readonly resourceId: XId;
  /** Number of the request on its connection. */
  readonly serial: number;
}

/** A request that the server refused. Transient: a later one may succeed. */
export class XRequestError extends UnderstudyError {
  readonly record: XErrorRecord;

  /** @param text the text for the error code, such as "BadWindow (invalid Window parameter)" */
  constructor(record: XErrorRecord, text: string) {
    super({
      kind: 'environment',
      code: 'x11-failed',
      message:
        `The X server refused a request: ${text} for 0x${record.resourceId.toString(16)} ` +
        `(error ${record.errorCode}, request ${record.requestCode}.${record.minorCode}).`,
      next: 'Check that the game window is still open; if it is, report this with the message above.',
      transient: true,
    });
    this.record = record;
  }
}

/** What a connection does with its own errors. Must not throw and must not call Xlib. */
export interface XErrorListener {
  onError(record: XErrorRecord): void;
  onLost(): void;
}

const listeners = new Map<DisplayPointer, XErrorListener>();

/** Registers a connection; its errors go to `listener` and no longer end the process. */
export function listenForErrors(display: DisplayPointer, listener: XErrorListener): void {
  const { exitHandler } = install();
  listeners.set(display, listener);
  if (survivesLostServer()) exitHandlerSetter()(display, exitHandler, null);
}

export function stopListening(display: DisplayPointer): void {
  listeners.delete(display);
}

/**
 * True where a lost server does not end this process. False before libX11 1.8.4: there it ends the process after the
 * handlers have run, so X code must run in a child process that may end.
 */
export function survivesLostServer(): boolean {
  return openLibrary('libX11.so.6').has('XSetIOErrorExitHandler');
}

const exitHandlerSetter = lazily(() =>
  openLibrary('libX11.so.6').declare('void XSetIOErrorExitHandler(void *d, void *handler, void *data)'),
);

/**
 * Installs the handlers before the first connection is opened.
 *
 * Sequence at a lost connection (libX11 src/xlibi18n, _XIOError): the I/O error handler, then the display's exit
 * handler; when that returns, so does the call that noticed the loss.
 */
export const install = lazily((): { readonly exitHandler: Pointer } => {
  const x = openLibrary('libX11.so.6');
  const onError = callback('int understudyOnXError(void *d, void *event)', (display: Pointer, event: Pointer) => {
    listeners.get(display)?.onError(readErrorEvent(event));
    return 0;
  });
  const onLost = (display: Pointer): number => {
    listeners.get(display)?.onLost();
    return 0;
  };
  const onIoError = callback('int understudyOnXIoError(void *d)', onLost);
  const exitHandler = callback('void understudyOnXExit(void *d, void *data)', (display: Pointer) => {
    onLost(display);
  });
  x.declare('void *XSetErrorHandler(void *handler)')(onError);
  x.declare('void *XSetIOErrorHandler(void *handler)')(onIoError);
  return { exitHandler };
});

/** XErrorEvent on a 64-bit machine: int type; Display *; XID; unsigned long serial; three bytes of codes. */
function readErrorEvent(address: Pointer): XErrorRecord {
  const bytes = copyMemory(address, 40);
  return {
    resourceId: Number(bytes.readBigUInt64LE(16)),
    serial: Number(bytes.readBigUInt64LE(24)),
    errorCode: bytes[32],
    requestCode: bytes[33],
    minorCode: bytes[34],
  };
}
