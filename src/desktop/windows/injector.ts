/** Presses keys and mouse buttons through SendInput, with the scan code and the virtual key: games read either. */
import { NONE_HELD, type HeldActions } from '../../core/action-set.js';
import { UnderstudyError } from '../../core/errors.js';
import type { KeyInjector, NamedKey } from '../key-injector.js';
import { requireReachable } from './reach.js';
import { buttonOf, EXTENDED } from './key-places.js';
import { currentLayout, virtualKeyOf } from './layout.js';
import { isDown, physicalButton } from './key-state.js';
import { OUR_MARK } from './mark.js';
import { isUnderPointer } from './windows.js';
import { keyCalls, type WindowHandle } from './win32.js';

/** sizeof(INPUT) on a 64-bit Windows, and the offsets in it, winuser.h. */
const INPUT_BYTES = 40;
const TYPE = { mouse: 0, keyboard: 1 } as const;
const KEY = { virtualKey: 8, scan: 10, flags: 12, extra: 24 } as const;
const MOUSE = { flags: 20, extra: 32 } as const;
const FLAG = { extended: 1, up: 2, scanCode: 8 } as const;
/** MOUSEEVENTF_LEFTDOWN and _LEFTUP, and those of the middle and the right button. */
const BUTTON_FLAGS = [
  { down: 0x02, up: 0x04 },
  { down: 0x20, up: 0x40 },
  { down: 0x08, up: 0x10 },
] as const;

/**
 * Sends one event.
 *
 * @param virtualKey of the key on the layout in use; for a button of no meaning
 * @returns false where Windows refuses it: the screen is locked, or the foreground belongs to a program of a higher level
 */
export function sendKey(keycode: number, virtualKey: number, down: boolean): boolean {
  const input = Buffer.alloc(INPUT_BYTES);
  const button = buttonOf(keycode);
  if (button === null) {
    input.writeUInt32LE(TYPE.keyboard, 0);
    input.writeUInt16LE(virtualKey, KEY.virtualKey);
    input.writeUInt16LE(keycode & ~EXTENDED, KEY.scan);
    const extended = (keycode & EXTENDED) === 0 ? 0 : FLAG.extended;
    input.writeUInt32LE(FLAG.scanCode | extended | (down ? 0 : FLAG.up), KEY.flags);
    input.writeBigUInt64LE(BigInt(OUR_MARK), KEY.extra);
  } else {
    input.writeUInt32LE(TYPE.mouse, 0);
    input.writeUInt32LE(BUTTON_FLAGS[physicalButton(button)][down ? 'down' : 'up'], MOUSE.flags);
    input.writeBigUInt64LE(BigInt(OUR_MARK), MOUSE.extra);
  }
  return keyCalls().sendInput(1, input, INPUT_BYTES) === 1;
}

/**
 * Opens an injector.
 *
 * @param gameWindow keys must reach it, and mouse buttons are pressed in it alone; null: no button is pressed
 * @throws UnderstudyError `keyboard-failed` where the game runs with more rights than this program
 */
export function openSendInput(keys: readonly NamedKey[], gameWindow: number | null): SendInputInjector {
  if (gameWindow !== null) requireReachable(BigInt(gameWindow));
  return new SendInputInjector(keys, gameWindow === null ? null : BigInt(gameWindow));
}

export class SendInputInjector implements KeyInjector {
  readonly #keys: readonly NamedKey[];
  readonly #gameWindow: WindowHandle | null;
  /**
   * The virtual key that each key was pressed with: it goes up with the same, whatever NumLock is then. Windows itself goes by the
   * scan code, which is the same anyway; Wine goes by the virtual key.
   */
  readonly #pressedWith = new Map<number, number>();
  #sent = 0;
  #lastSentAtMs = 0;

  constructor(keys: readonly NamedKey[], gameWindow: WindowHandle | null) {
    this.#keys = keys;
    this.#gameWindow = gameWindow;
  }

  /** Events of keys, not of buttons, that Windows took. */
  get sent(): number {
    return this.#sent;
  }

  /** performance.now()'s clock; 0 before the first. */
  get lastSentAtMs(): number {
    return this.#lastSentAtMs;
  }

  /** True while it holds this button down. */
  holdsButton(keycode: number): boolean {
    return this.#keys.some((key, index) => key.keycode === keycode && this.#pressedWith.has(index));
  }

  send(index: number, down: boolean): void {
    const { keycode, name } = this.#keys[index];
    const known = this.#pressedWith.get(index);
    const virtualKey = !down && known !== undefined ? known : virtualKeyOf(keycode, currentLayout());
    if (!sendKey(keycode, virtualKey, down)) throw refusedByWindows(name, down);
    if (down) this.#pressedWith.set(index, virtualKey);
    else this.#pressedWith.delete(index);
    if (buttonOf(keycode) !== null) return;
    this.#sent += 1;
    this.#lastSentAtMs = performance.now();
  }

  downNow(): HeldActions {
    const layout = currentLayout();
    return this.#bitsOf(({ keycode }) => isDown(keycode, layout));
  }

  outOfReach(keys: HeldActions): HeldActions {
    const buttons = keys & this.#bitsOf(({ keycode }) => buttonOf(keycode) !== null);
    if (buttons === NONE_HELD) return NONE_HELD;
    return this.#gameWindow !== null && isUnderPointer(this.#gameWindow) ? NONE_HELD : buttons;
  }

  /** Windows has one state for each key, whatever pressed it. */
  downThroughThis(): null {
    return null;
  }

  settle(): Promise<void> {
    return Promise.resolve(); // send() has thrown already
  }

  /** Windows has queued an event when SendInput returns, and delivers it even where the process ends. */
  drain(): Promise<void> {
    return Promise.resolve();
  }

  close(): void {
    // nothing is open
  }

  #bitsOf(has: (key: NamedKey) => boolean): HeldActions {
    return this.#keys.reduce((bits, key, index) => bits | (has(key) ? 1 << index : 0), NONE_HELD);
  }
}

/** @param name of the key, or of several */
export function refusedByWindows(name: string, down: boolean): UnderstudyError {
  return new UnderstudyError({
    kind: 'environment',
    code: 'keyboard-failed',
    message: `Windows refused to ${down ? 'press' : 'release'} '${name}'.`,
    next: 'The screen may be locked, or a program that runs as administrator is in front. Start again when the game is.',
  });
}
