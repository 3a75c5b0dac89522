/**
 * The prototypes of the Xlib functions that more than one file calls, declared at the first use. A function that only
 * one file calls is declared there.
 */
import { openLibrary, type OutBuffer, type Pointer } from '../../system/ffi.js';

/** `Display *` */
export type DisplayPointer = Pointer;
/** A server-side resource (window, pixmap, atom); 29 bits. */
export type XId = number;

function declareConnection() {
  const x = openLibrary('libX11.so.6');
  return {
    openDisplay: x.declare<(name: string | null) => DisplayPointer | null>('void *XOpenDisplay(const char *name)'),
    closeDisplay: x.declare<(d: DisplayPointer) => number>('int XCloseDisplay(void *d)'),
    connectionNumber: x.declare<(d: DisplayPointer) => number>('int XConnectionNumber(void *d)'),
    defaultScreen: x.declare<(d: DisplayPointer) => number>('int XDefaultScreen(void *d)'),
    defaultRootWindow: x.declare<(d: DisplayPointer) => XId>('unsigned long XDefaultRootWindow(void *d)'),
    nextRequest: x.declare<(d: DisplayPointer) => number>('unsigned long XNextRequest(void *d)'),
    flush: x.declare<(d: DisplayPointer) => number>('int XFlush(void *d)'),
    sync: x.declare<(d: DisplayPointer, discard: number) => number>('int XSync(void *d, int discard)'),
    pending: x.declare<(d: DisplayPointer) => number>('int XPending(void *d)'),
    nextEvent: x.declare<(d: DisplayPointer, event: OutBuffer) => number>('int XNextEvent(void *d, void *event)'),
    selectInput: x.declare<(d: DisplayPointer, w: XId, mask: number) => number>(
      'int XSelectInput(void *d, unsigned long w, long mask)',
    ),
    free: x.declare<(data: Pointer) => number>('int XFree(void *data)'),
    internAtom: x.declare<(d: DisplayPointer, name: string, onlyIfExists: number) => XId>(
      'unsigned long XInternAtom(void *d, const char *name, int onlyIfExists)',
    ),
    getErrorText: x.declare<(d: DisplayPointer, code: number, text: OutBuffer, length: number) => number>(
      'int XGetErrorText(void *d, int code, void *text, int length)',
    ),
    queryExtension: x.declare<
      (d: DisplayPointer, name: string, opcode: OutBuffer, event: OutBuffer, error: OutBuffer) => number
    >('int XQueryExtension(void *d, const char *name, void *opcode, void *event, void *error)'),
  };
}

function declareWindows() {
  const x = openLibrary('libX11.so.6');
  return {
    getWindowProperty: x.declare<
      (
        d: DisplayPointer,
        w: XId,
        property: XId,
        offset: number,
        length: number,
        remove: number,
        type: XId,
        actualType: OutBuffer,
        format: OutBuffer,
        items: OutBuffer,
        left: OutBuffer,
        data: OutBuffer,
      ) => number
    >(
      'int XGetWindowProperty(void *d, unsigned long w, unsigned long property, long offset, long length, int remove, ' +
        'unsigned long type, void *actualType, void *format, void *items, void *left, void *data)',
    ),
    queryTree: x.declare<
      (d: DisplayPointer, w: XId, root: OutBuffer, parent: OutBuffer, children: OutBuffer, count: OutBuffer) => number
    >('int XQueryTree(void *d, unsigned long w, void *root, void *parent, void *children, void *count)'),
    getWindowAttributes: x.declare<(d: DisplayPointer, w: XId, attributes: OutBuffer) => number>(
      'int XGetWindowAttributes(void *d, unsigned long w, void *attributes)',
    ),
    translateCoordinates: x.declare<
      (
        d: DisplayPointer,
        from: XId,
        to: XId,
        x: number,
        y: number,
        toX: OutBuffer,
        toY: OutBuffer,
        child: OutBuffer,
      ) => number
    >(
      'int XTranslateCoordinates(void *d, unsigned long from, unsigned long to, int x, int y, void *toX, void *toY, ' +
        'void *child)',
    ),
    getInputFocus: x.declare<(d: DisplayPointer, focus: OutBuffer, revertTo: OutBuffer) => number>(
      'int XGetInputFocus(void *d, void *focus, void *revertTo)',
    ),
  };
}

function declareAll() {
  return { ...declareConnection(), ...declareWindows() };
}

let declared: ReturnType<typeof declareAll> | undefined;

/**
 * Xlib.
 *
 * @throws UnderstudyError `package-missing` where libX11 or koffi is absent
 */
export function xlib(): ReturnType<typeof declareAll> {
  declared ??= declareAll();
  return declared;
}
