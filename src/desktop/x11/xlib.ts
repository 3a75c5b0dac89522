/** The prototypes of the Xlib functions in use, declared at the first use. */
import { lazily, openLibrary, type NativeLibrary, type Pointer } from '../../system/ffi.js';

/** `Display *` */
export type DisplayPointer = Pointer;
/** A server-side resource (window, pixmap, atom); 29 bits. */
export type XId = number;

/**
 * Xlib.
 *
 * @throws UnderstudyError `package-missing` where libX11 or koffi is absent
 */
export const xlib = lazily(() => {
  const x = openLibrary('libX11.so.6');
  return {
    ...keyCalls(x),
    ...ownWindowCalls(x),
    openDisplay: x.declare('void *XOpenDisplay(const char *name)'),
    closeDisplay: x.declare('int XCloseDisplay(void *d)'),
    defaultScreen: x.declare('int XDefaultScreen(void *d)'),
    defaultRootWindow: x.declare('unsigned long XDefaultRootWindow(void *d)'),
    nextRequest: x.declare('unsigned long XNextRequest(void *d)'),
    flush: x.declare('int XFlush(void *d)'),
    sync: x.declare('int XSync(void *d, int discard)'),
    pending: x.declare('int XPending(void *d)'),
    nextEvent: x.declare('int XNextEvent(void *d, void *event)'),
    selectInput: x.declare('int XSelectInput(void *d, unsigned long w, long mask)'),
    free: x.declare('int XFree(void *data)'),
    internAtom: x.declare('unsigned long XInternAtom(void *d, const char *name, int onlyIfExists)'),
    getErrorText: x.declare('int XGetErrorText(void *d, int code, void *text, int length)'),
    queryExtension: x.declare('int XQueryExtension(void *d, const char *name, void *opcode, void *event, void *error)'),
    getWindowProperty: x.declare(
      'int XGetWindowProperty(void *d, unsigned long w, unsigned long property, long offset, long length, int remove, ',
      'unsigned long type, void *actualType, void *format, void *items, void *left, void *data)',
    ),
    queryTree: x.declare(
      'int XQueryTree(void *d, unsigned long w, void *root, void *parent, void *children, void *count)',
    ),
    getWindowAttributes: x.declare('int XGetWindowAttributes(void *d, unsigned long w, void *attributes)'),
    translateCoordinates: x.declare(
      'int XTranslateCoordinates(void *d, unsigned long from, unsigned long to, int x, int y, void *toX, void *toY, ',
      'void *child)',
    ),
    getInputFocus: x.declare('int XGetInputFocus(void *d, void *focus, void *revertTo)'),
    raiseWindow: x.declare('int XRaiseWindow(void *d, unsigned long w)'),
    moveWindow: x.declare('int XMoveWindow(void *d, unsigned long w, int x, int y)'),
    sendEvent: x.declare('int XSendEvent(void *d, unsigned long w, int propagate, long mask, void *event)'),
    eventsQueued: x.declare('int XEventsQueued(void *d, int mode)'),
    getEventData: x.declare('int XGetEventData(void *d, void *cookie)'),
    freeEventData: x.declare('void XFreeEventData(void *d, void *cookie)'),
    grabKeyboard: x.declare('int XGrabKeyboard(void *d, unsigned long w, int o, int p, int k, unsigned long t)'),
    ungrabKeyboard: x.declare('int XUngrabKeyboard(void *d, unsigned long time)'),
    grabServer: x.declare('int XGrabServer(void *d)'),
    ungrabServer: x.declare('int XUngrabServer(void *d)'),
    selectionOwner: x.declare('unsigned long XGetSelectionOwner(void *d, unsigned long selection)'),
    setSelectionOwner: x.declare(
      'int XSetSelectionOwner(void *d, unsigned long selection, unsigned long owner, unsigned long time)',
    ),
    freePixmap: x.declare('int XFreePixmap(void *d, unsigned long pixmap)'),
    getImage: x.declare(
      'void *XGetImage(void *d, unsigned long drawable, int x, int y, unsigned int width, unsigned int height, ',
      'unsigned long planes, int format)',
    ),
    queryPointer: x.declare(
      'int XQueryPointer(void *d, unsigned long w, void *root, void *child, void *rootX, void *rootY, void *x, void *y, ',
      'void *mask)',
    ),
    setInputFocus: x.declare('int XSetInputFocus(void *d, unsigned long w, int revertTo, unsigned long time)'),
  };
});

function keyCalls(x: NativeLibrary) {
  return {
    queryKeymap: x.declare('int XQueryKeymap(void *d, void *keys)'),
    displayKeycodes: x.declare('int XDisplayKeycodes(void *d, void *low, void *high)'),
    keycodeToKeysym: x.declare('unsigned long XkbKeycodeToKeysym(void *d, uint8_t keycode, int group, int level)'),
    keyboardState: x.declare('int XkbGetState(void *d, unsigned int device, void *state)'),
    getKeyboardMap: x.declare('void *XkbGetMap(void *d, unsigned int which, unsigned int device)'),
    freeKeyboardMap: x.declare('void XkbFreeKeyboard(void *map, unsigned int which, int all)'),
    selectKeyboardEvents: x.declare(
      'int XkbSelectEvents(void *d, unsigned int device, unsigned int affected, unsigned int wanted)',
    ),
    tellRepeats: x.declare('int XkbSetDetectableAutoRepeat(void *d, int on, void *supported)'),
    stringToKeysym: x.declare('unsigned long XStringToKeysym(const char *name)'),
    keysymToString: x.declare('const char *XKeysymToString(unsigned long keysym)'),
  };
}

/** Of windows that this program makes. */
function ownWindowCalls(x: NativeLibrary) {
  return {
    setBackground: x.declare('int XSetWindowBackground(void *d, unsigned long w, unsigned long pixel)'),
    clearWindow: x.declare('int XClearWindow(void *d, unsigned long w)'),
    createSimpleWindow: x.declare(
      'unsigned long XCreateSimpleWindow(void *d, unsigned long parent, int x, int y, unsigned int w, unsigned int h, ',
      'unsigned int border, unsigned long borderPixel, unsigned long backgroundPixel)',
    ),
    changeProperty: x.declare(
      'int XChangeProperty(void *d, unsigned long w, unsigned long property, unsigned long type, int format, int mode, ',
      'void *data, int items)',
    ),
    changeWindowAttributes: x.declare(
      'int XChangeWindowAttributes(void *d, unsigned long w, unsigned long mask, void *attributes)',
    ),
    mapRaised: x.declare('int XMapRaised(void *d, unsigned long w)'),
    destroyWindow: x.declare('int XDestroyWindow(void *d, unsigned long w)'),
  };
}
