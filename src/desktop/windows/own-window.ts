/** A window of this program on Windows. Windows' own function answers its messages: none of ours is called. */
import { UnderstudyError } from '../../core/errors.js';
import { allocateMemory, freeMemory, writeMemory } from '../../system/ffi.js';
import type { ArrivedKey, OwnWindow } from '../own-window.js';
import { keycodeOfScan } from './key-places.js';
import { MESSAGE_BYTES, messageCalls, ownWindowCalls, pixelCalls, wide, type WindowHandle } from './win32.js';

const SIZE = { width: 320, height: 220 } as const;
/** WS_OVERLAPPEDWINDOW and WS_VISIBLE, winuser.h. */
const STYLE = 0x00cf0000 | 0x10000000;
const CLASS_NAME = 'UnderstudySelfTest';
/** SetClassLongPtr's GCLP_HBRBACKGROUND. */
const BACKGROUND = -10;
/** MSG on a 64-bit Windows: its number at 8, lParam at 24. */
const NUMBER_OFFSET = 8;
const DATA_OFFSET = 24;
/** WM_KEYDOWN, WM_KEYUP, and the two of a key with Alt. */
const KEY_DOWN = new Set([0x100, 0x104]);
const KEY_UP = new Set([0x101, 0x105]);
/** A window whose messages no one looks at counts as hung after 5 s. */
const LOOK_EVERY_MS = 20;

export class WindowsOwnWindow implements OwnWindow {
  readonly id: number;
  readonly #handle: WindowHandle;
  readonly #message = Buffer.alloc(MESSAGE_BYTES);
  readonly #down = new Set<number>();
  readonly #looking: NodeJS.Timeout;
  #keys: ArrivedKey[] = [];

  /** @throws UnderstudyError `capture-failed` where Windows makes no window */
  constructor(title: string) {
    const { width, height } = SIZE;
    registerClass();
    const handle = ownWindowCalls().create(
      ...([0, wide(CLASS_NAME), wide(title), STYLE, 40, 40, width, height, null, null, null, null] as const),
    );
    if (handle === null) {
      throw new UnderstudyError({
        kind: 'environment',
        code: 'capture-failed',
        message: 'Windows made no window to try it on.',
        next: 'Run it in a desktop session, not in a service.',
      });
    }
    this.#handle = handle;
    this.id = Number(handle);
    this.#looking = setInterval(() => this.#look(), LOOK_EVERY_MS).unref();
  }

  /** The brush of the class: Windows fills the window with it whenever it is to be drawn, also for PrintWindow. */
  paint(gray: number): void {
    const calls = ownWindowCalls();
    this.#look();
    const last = calls.setClassValue(this.#handle, BACKGROUND, calls.brush(gray * 0x010101));
    if (last !== null) pixelCalls().deleteObject(last);
    calls.invalidate(this.#handle, null, 1);
    calls.update(this.#handle);
    pixelCalls().flush();
  }

  takeKeys(): ArrivedKey[] {
    this.#look();
    const keys = this.#keys;
    this.#keys = [];
    return keys;
  }

  #look(): void {
    const calls = ownWindowCalls();
    while (messageCalls().take(this.#message)) {
      const number = this.#message.readUInt32LE(NUMBER_OFFSET);
      if (KEY_DOWN.has(number) || KEY_UP.has(number))
        this.#takeKey(KEY_DOWN.has(number), this.#message.readUInt32LE(DATA_OFFSET));
      else calls.dispatch(this.#message);
    }
  }

  /** @param data the scan code in bits 16 to 23, the mark of an extended key in bit 24 */
  #takeKey(down: boolean, data: number): void {
    const keycode = keycodeOfScan((data >> 16) & 0xff, (data & 0x01000000) !== 0);
    if (down === this.#down.has(keycode)) return; // a held key repeats
    if (down) this.#down.add(keycode);
    else this.#down.delete(keycode);
    this.#keys.push({ keycode, down });
  }

  [Symbol.dispose](): void {
    clearInterval(this.#looking);
    ownWindowCalls().destroy(this.#handle);
  }
}

/** WNDCLASS of a 64-bit Windows: its function at 8, its brush at 48, its name at 64; winuser.h. */
function registerClass(): void {
  const calls = ownWindowCalls();
  const name = wide(CLASS_NAME);
  const nameAt = allocateMemory(name.length);
  writeMemory(nameAt, name);
  const kind = Buffer.alloc(72);
  kind.writeBigUInt64LE(calls.defaultAnswers(), 8);
  kind.writeBigUInt64LE(calls.brush(0) ?? 0n, 48);
  kind.writeBigUInt64LE(nameAt, 64);
  calls.register(kind); // fails where an earlier window of this process has registered it
  freeMemory(nameAt);
}
