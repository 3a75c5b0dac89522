/** A window of this program on an X display. */
import type { ArrivedKey, OwnWindow } from '../own-window.js';
import { EVENT_BYTES, type XConnection } from './connection.js';
import { xlib, type XId } from './xlib.js';

const SIZE = { width: 320, height: 180 } as const;

/** X.h and Xatom.h. */
const KEY_PRESS = 2;
const KEY_RELEASE = 3;
const KEY_MASK = 1 | 2;
const WM_NAME = 39;
const STRING = 31;
/** XKeyEvent on a 64-bit machine, Xlib.h. */
const KEYCODE_OFFSET = 84;

export class X11OwnWindow implements OwnWindow {
  readonly id: XId;
  readonly #connection: XConnection;
  readonly #event = Buffer.alloc(EVENT_BYTES);
  readonly #down = new Set<number>();

  /** @param connection is closed with the window */
  constructor(connection: XConnection, title: string) {
    this.#connection = connection;
    const x = xlib();
    this.id = connection.trap(() => {
      const { display, root } = connection;
      const id = x.createSimpleWindow(display, root, 40, 40, SIZE.width, SIZE.height, 0, 0, 0);
      const name = Buffer.from(title, 'latin1');
      x.changeProperty(display, id, WM_NAME, STRING, 8, 0, name, name.length);
      x.selectInput(display, id, KEY_MASK);
      x.tellRepeats(display, 1, null); // a held key comes as presses alone
      x.mapRaised(display, id);
      return id;
    });
  }

  paint(gray: number): void {
    const x = xlib();
    this.#connection.trap(() => {
      x.setBackground(this.#connection.display, this.id, gray * 0x010101);
      x.clearWindow(this.#connection.display, this.id);
    });
  }

  takeKeys(): ArrivedKey[] {
    const keys: ArrivedKey[] = [];
    while (this.#connection.pollEvent(this.#event)) {
      const type = this.#event[0] & 0x7f;
      if (type !== KEY_PRESS && type !== KEY_RELEASE) continue;
      const keycode = this.#event.readUInt32LE(KEYCODE_OFFSET);
      const down = type === KEY_PRESS;
      if (down === this.#down.has(keycode)) continue;
      if (down) this.#down.add(keycode);
      else this.#down.delete(keycode);
      keys.push({ keycode, down });
    }
    return keys;
  }

  [Symbol.dispose](): void {
    this.#connection.attempt(() => xlib().destroyWindow(this.#connection.display, this.id));
    this.#connection.close();
  }
}
