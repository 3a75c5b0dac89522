/**
 * A window that a test owns, on a real X server: paints known pixels, moves, resizes, is covered, minimised and
 * destroyed. Its pixels are a background pixmap, so that the server itself redraws them whenever it must.
 */
import { XConnection, EVENT_BYTES } from '../../src/desktop/x11/connection.js';
import { lazily, openLibrary, viewMemory } from '../../src/system/ffi.js';
import { readAttributes, readPosition, readWindowManager } from '../../src/desktop/x11/windows.js';
import { readNumbers } from '../../src/desktop/x11/properties.js';
import { until } from '../until.js';
import { xlib, type XId } from '../../src/desktop/x11/xlib.js';

export interface TestWindowOptions {
  /** ":7" */
  readonly display: string;
  readonly title?: string;
  /** WM_CLASS, instance and class alike. */
  readonly app?: string;
  readonly pid?: number;
  readonly width?: number;
  readonly height?: number;
  readonly x?: number;
  readonly y?: number;
  /** Hidden from the window manager (override-redirect), as menus are. */
  readonly overrideRedirect?: boolean;
  /** px */
  readonly borderWidth?: number;
  /** False: created, not shown. */
  readonly map?: boolean;
  /** Inside this window instead of the root. */
  readonly parent?: XId;
}

/** KeyPress, KeyRelease, ButtonPress, ButtonRelease: X.h. Their keycode or button is at the same place, Xlib.h. */
const INPUT_EVENTS = { 2: '+', 3: '-', 4: '+', 5: '-' } as const;
type InputEvent = keyof typeof INPUT_EVENTS;

/** Gray until it is painted: an agent does not play a black window. */
const LIT = 0x404040;

/** B, G, R of the pattern's pixel at (x, y): every pixel differs from its neighbours. */
export function patternPixel(x: number, y: number, salt = 0): readonly [number, number, number] {
  return [(x + salt) & 255, y & 255, (7 * x + 13 * y + salt) & 255];
}

/** 0xRRGGBB as [B, G, R]. */
export function bgr(colour: number): readonly [number, number, number] {
  return [colour & 255, (colour >> 8) & 255, (colour >> 16) & 255];
}

const calls = lazily(() => {
  const x = openLibrary('libX11.so.6');
  return {
    storeName: x.declare('int XStoreName(void *d, unsigned long w, const char *name)'),
    unmap: x.declare('int XUnmapWindow(void *d, unsigned long w)'),
    iconify: x.declare('int XIconifyWindow(void *d, unsigned long w, int screen)'),
    resize: x.declare('int XResizeWindow(void *d, unsigned long w, unsigned int width, unsigned int height)'),
    setBackground: x.declare('int XSetWindowBackground(void *d, unsigned long w, unsigned long pixel)'),
    setBackgroundPixmap: x.declare('int XSetWindowBackgroundPixmap(void *d, unsigned long w, unsigned long pixmap)'),
    clear: x.declare('int XClearWindow(void *d, unsigned long w)'),
    createPixmap: x.declare(
      'unsigned long XCreatePixmap(void *d, unsigned long w, unsigned int width, unsigned int height, unsigned int depth)',
    ),
    createGc: x.declare('void *XCreateGC(void *d, unsigned long w, unsigned long mask, void *values)'),
    freeGc: x.declare('int XFreeGC(void *d, void *gc)'),
    createImage: x.declare(
      'void *XCreateImage(void *d, void *visual, unsigned int depth, int format, int offset, void *data, ',
      'unsigned int width, unsigned int height, int pad, int bytesPerLine)',
    ),
    putImage: x.declare(
      'int XPutImage(void *d, unsigned long w, void *gc, void *image, int sx, int sy, int x, int y, ',
      'unsigned int width, unsigned int height)',
    ),
    malloc: openLibrary('libc.so.6').declare('void *malloc(size_t size)'),
    warpPointer: x.declare(
      'int XWarpPointer(void *d, unsigned long from, unsigned long to, int sx, int sy, unsigned int w, unsigned int h, ',
      'int x, int y)',
    ),
  };
});

/** Opens the window and waits until it is on the screen (and managed, where a window manager runs). */
export async function openTestWindow(options: TestWindowOptions): Promise<TestWindow> {
  const window = new TestWindow(options);
  if (options.map ?? true) await window.show();
  return window;
}

export class TestWindow implements Disposable {
  readonly connection: XConnection;
  readonly id: XId;
  readonly #options: TestWindowOptions;
  #destroyed = false;
  /** Input events that came while something else was done. */
  #inputs: { readonly type: InputEvent; readonly detail: number }[] = [];

  constructor(options: TestWindowOptions) {
    this.#options = options;
    this.connection = XConnection.open(options.display);
    const { display, root } = this.connection;
    const { width = 320, height = 240, x = 0, y = 0, borderWidth = 0 } = options;
    this.id = xlib().createSimpleWindow(display, options.parent ?? root, x, y, width, height, borderWidth, 0, LIT);
    if (options.overrideRedirect ?? false) this.#keepFromManager();
    const title = options.title ?? 'understudy test window';
    calls().storeName(display, this.id, title);
    this.#setProperty('_NET_WM_NAME', 'UTF8_STRING', 8, Buffer.from(title));
    if (options.app !== undefined)
      this.#setProperty('WM_CLASS', 'STRING', 8, Buffer.from(`${options.app}\0${options.app}\0`));
    if (options.pid !== undefined) this.#setProperty('_NET_WM_PID', 'CARDINAL', 32, longs(options.pid));
    // WM_NORMAL_HINTS: position and size as the user asked for them, so that no window manager places it elsewhere
    this.#setProperty(
      'WM_NORMAL_HINTS',
      'WM_SIZE_HINTS',
      32,
      longs(3, x, y, width, height, ...Array<number>(13).fill(0)),
    );
    this.#sync();
  }

  #keepFromManager(): void {
    const attributes = Buffer.alloc(112); // XSetWindowAttributes; override_redirect at 88, its mask bit is 9
    attributes.writeInt32LE(1, 88);
    xlib().changeWindowAttributes(this.connection.display, this.id, 1 << 9, attributes);
  }

  #setProperty(name: string, type: string, format: 8 | 32, data: Buffer): void {
    const items = format === 8 ? data.length : data.length / 8;
    const { connection } = this;
    xlib().changeProperty(
      connection.display,
      this.id,
      connection.atom(name),
      connection.atom(type),
      format,
      0,
      data,
      items,
    );
  }

  #sync(): void {
    this.connection.trap(() => undefined); // a round trip: what the server has sent by now is here
    const event = Buffer.alloc(EVENT_BYTES);
    while (this.connection.pollEvent(event)) {
      const type = event.readInt32LE(0);
      if (type in INPUT_EVENTS) this.#inputs.push({ type: type as InputEvent, detail: event.readInt32LE(84) });
    }
  }

  /** The input events of these types since the last call, in sequence. */
  #inputsOf(...types: readonly InputEvent[]): { readonly sign: '+' | '-'; readonly detail: number }[] {
    this.#sync();
    const wanted = this.#inputs.filter(({ type }) => types.includes(type));
    this.#inputs = this.#inputs.filter(({ type }) => !types.includes(type));
    return wanted.map(({ type, detail }) => ({ sign: INPUT_EVENTS[type], detail }));
  }

  get #attributes() {
    return readAttributes(this.connection, this.id);
  }

  /** Maps it. */
  async show(): Promise<void> {
    let mappedAtMs = -Infinity;
    const managed = readWindowManager(this.connection) !== null && !(this.#options.overrideRedirect ?? false);
    await until('the test window is visible', () => {
      // a window manager that is just starting drops requests that came before its first event
      if (performance.now() - mappedAtMs > 250) {
        mappedAtMs = performance.now();
        xlib().mapRaised(this.connection.display, this.id);
        this.#sync();
      }
      if (!(this.#attributes?.viewable ?? false)) return false;
      return (
        !managed ||
        this.#options.parent !== undefined ||
        (readNumbers(this.connection, this.connection.root, '_NET_CLIENT_LIST')?.includes(this.id) ?? false)
      );
    });
  }

  /** Fills it with 0xRRGGBB. */
  paint(colour: number): void {
    calls().setBackground(this.connection.display, this.id, colour);
    calls().clear(this.connection.display, this.id);
    this.#sync();
  }

  /** Fills it with {@link patternPixel}, at its size of now. */
  paintPattern(salt = 0): void {
    const { width, height } = this.#attributes!;
    const pixels = new Uint8Array(width * height * 4);
    for (let y = 0, i = 0; y < height; y += 1) {
      for (let x = 0; x < width; x += 1, i += 4) pixels.set(patternPixel(x, y, salt), i);
    }
    this.paintPixels(pixels);
  }

  /** Fills it. @param picture BGRA, [height, width] of its size of now */
  paintPixels(picture: Uint8Array): void {
    const { display } = this.connection;
    const { width, height, depth, visual } = this.#attributes!;
    const data = calls().malloc(width * height * 4)!; // XDestroyImage would free it with the C library's free
    viewMemory(data, width * height * 4).set(picture);
    const image = calls().createImage(display, visual, depth, 2, 0, data, width, height, 32, 0);
    const pixmap = calls().createPixmap(display, this.id, width, height, depth);
    const gc = calls().createGc(display, pixmap, 0, null);
    calls().putImage(display, pixmap, gc, image, 0, 0, 0, 0, width, height);
    calls().setBackgroundPixmap(display, this.id, pixmap);
    calls().clear(display, this.id);
    calls().freeGc(display, gc);
    xlib().freePixmap(display, pixmap);
    this.#sync();
    xlib().free(data);
    xlib().free(image);
  }

  async move(x: number, y: number): Promise<void> {
    xlib().moveWindow(this.connection.display, this.id, x, y);
    this.#sync();
    const frame = readWindowManager(this.connection) === null ? 0 : 64; // a manager moves the frame, not the window
    await until(`the test window is at ${x}, ${y}`, () => {
      const at = readPosition(this.connection, this.id);
      return at !== null && Math.abs(at.x - x) <= frame && Math.abs(at.y - y) <= frame;
    });
  }

  async resize(width: number, height: number): Promise<void> {
    calls().resize(this.connection.display, this.id, width, height);
    this.#sync();
    await until(`the test window is ${width}x${height}`, () => {
      const attributes = this.#attributes;
      return attributes?.width === width && attributes.height === height;
    });
  }

  /** Iconifies it; needs a window manager. */
  async minimise(): Promise<void> {
    calls().iconify(this.connection.display, this.id, xlib().defaultScreen(this.connection.display));
    this.#sync();
    await until('the test window is minimised', () => this.#attributes?.viewable === false);
  }

  /** Unmaps it: withdrawn, without a trace on the screen. */
  async hide(): Promise<void> {
    calls().unmap(this.connection.display, this.id);
    this.#sync();
    await until('the test window is hidden', () => this.#attributes?.viewable === false);
  }

  /** Gives it the keys by force, past any window manager. */
  takeFocus(): void {
    this.connection.trap(() => xlib().setInputFocus(this.connection.display, this.id, 1, 0));
  }

  /** 0 = no window has the focus, 1 = the window under the pointer has it. */
  setFocusTo(target: XId): void {
    this.connection.trap(() => xlib().setInputFocus(this.connection.display, target, 1, 0));
  }

  /** Puts the pointer at a place inside the window. */
  pointAt(x: number, y: number): void {
    this.connection.trap(() => calls().warpPointer(this.connection.display, 0, this.id, 0, 0, 0, 0, x, y));
  }

  /** From now on {@link buttonEvents} has what the window receives. */
  listenForButtons(): void {
    const pressAndRelease = (1 << 2) | (1 << 3);
    this.connection.trap(() => xlib().selectInput(this.connection.display, this.id, pressAndRelease));
  }

  /** The presses and releases of mouse buttons that have reached the window since the last call: "+1", "-1". */
  buttonEvents(): string[] {
    return this.#inputsOf(4, 5).map(({ sign, detail }) => `${sign}${detail}`);
  }

  /** From now on {@link keyEvents} has what the window receives. */
  listenForKeys(): void {
    const pressAndRelease = (1 << 0) | (1 << 1);
    this.connection.trap(() => xlib().selectInput(this.connection.display, this.id, pressAndRelease));
  }

  /** The keys that have reached the window since the last call; a held key repeats as the server does. */
  keyEvents(): { readonly keycode: number; readonly down: boolean }[] {
    return this.#inputsOf(2, 3).map(({ sign, detail }) => ({ keycode: detail, down: sign === '+' }));
  }

  /** Lays a window of one colour, which takes no focus, exactly over it. Disposing it uncovers. */
  async coverWith(colour: number): Promise<TestWindow> {
    const { width, height } = this.#attributes!;
    const at = readPosition(this.connection, this.id)!;
    const cover = await openTestWindow({
      display: this.#options.display,
      title: '',
      x: at.x,
      y: at.y,
      width,
      height,
      overrideRedirect: true,
    });
    cover.paint(colour);
    return cover;
  }

  destroy(): void {
    if (this.#destroyed) return;
    this.#destroyed = true;
    this.connection.attempt(() => xlib().destroyWindow(this.connection.display, this.id));
  }

  [Symbol.dispose](): void {
    this.connection.close(); // destroys the window too
  }
}

/** Items of a 32-bit property as Xlib takes them: C longs. */
function longs(...numbers: readonly number[]): Buffer {
  return Buffer.from(BigInt64Array.from(numbers.map(BigInt)).buffer);
}
