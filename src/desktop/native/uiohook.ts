/**
 * Watches keys through uiohook-napi, where there is no X Input 2 (Windows, macOS) or when it is asked for. The only
 * file that imports that package. It cannot distinguish a program's keys from a person's, and names keys by their
 * position on a US keyboard, whatever the layout. Presses nothing.
 */
import type { uIOhook, UiohookKeyboardEvent } from 'uiohook-napi';
import { messageOf, UnderstudyError } from '../../core/errors.js';
import { reinstallAdvice } from '../../core/installation.js';
import { ForwardTimes } from '../event-times.js';
import type { KeyWatch, KeyWatchListener, PhysicalKey } from '../key-watch.js';

/** Keysym name by uiohook's name, where the two differ. */
const KEYSYMS: Readonly<Record<string, string>> = {
  Space: 'space',
  Enter: 'Return',
  Backspace: 'BackSpace',
  CapsLock: 'Caps_Lock',
  PageUp: 'Prior',
  PageDown: 'Next',
  ArrowLeft: 'Left',
  ArrowUp: 'Up',
  ArrowRight: 'Right',
  ArrowDown: 'Down',
  Ctrl: 'Control_L',
  CtrlRight: 'Control_R',
  Alt: 'Alt_L',
  AltRight: 'Alt_R',
  Shift: 'Shift_L',
  ShiftRight: 'Shift_R',
  Meta: 'Super_L',
  MetaRight: 'Super_R',
  NumLock: 'Num_Lock',
  ScrollLock: 'Scroll_Lock',
  PrintScreen: 'Print',
  Semicolon: 'semicolon',
  Equal: 'equal',
  Comma: 'comma',
  Minus: 'minus',
  Period: 'period',
  Slash: 'slash',
  Backquote: 'grave',
  BracketLeft: 'bracketleft',
  Backslash: 'backslash',
  BracketRight: 'bracketright',
  Quote: 'apostrophe',
};

type Hook = typeof uIOhook;

/**
 * Starts watching, see {@link KeyWatch}. Only one watch for each process: there is only one hook. On X11 it reads
 * $DISPLAY, and ends the process where no server answers: the caller makes sure that one does.
 *
 * @throws UnderstudyError `package-missing`; `keyboard-failed` where the system refuses the hook (on macOS without the
 *   permission)
 */
export async function watchKeysByHook(options: Pick<KeyWatchListener, 'onKey'>): Promise<KeyWatch> {
  const hook = await load();
  const names = new Map<number, string>();
  for (const [name, code] of Object.entries(hook.UiohookKey)) {
    // the package's number pad without NumLock shares numbers with other keys: the first name counts
    if (!names.has(code)) names.set(code, keysymOf(name));
  }
  return new HookWatch(hook.uIOhook, names, options.onKey);
}

/** "A" is the keysym "a", "Numpad4" is "KP_4", "F5" and "Escape" are themselves. */
function keysymOf(name: string): string {
  if (/^[A-Z]$/.test(name)) return name.toLowerCase();
  return KEYSYMS[name] ?? name.replace(/^Numpad/, 'KP_');
}

class HookWatch implements KeyWatch {
  readonly #hook: Hook;
  readonly #names: ReadonlyMap<number, string>;
  readonly #onKey: KeyWatchListener['onKey'];
  readonly #times = new ForwardTimes();
  readonly #down = new Map<number, PhysicalKey>();
  readonly #onDown = (event: UiohookKeyboardEvent): void => this.#take(event, true);
  readonly #onUp = (event: UiohookKeyboardEvent): void => this.#take(event, false);
  #stopped = false;

  constructor(hook: Hook, names: ReadonlyMap<number, string>, onKey: KeyWatchListener['onKey']) {
    this.#hook = hook;
    this.#names = names;
    this.#onKey = onKey;
    hook.on('keydown', this.#onDown);
    hook.on('keyup', this.#onUp);
    try {
      hook.start();
    } catch (error) {
      this[Symbol.dispose]();
      throw hookFailed(error);
    }
  }

  poll(): void {
    // the hook's thread delivers events by itself
  }

  catchUp(): void {
    this.poll();
  }

  alone(act: () => void): void {
    this.catchUp();
    act();
  }

  keysDown(): PhysicalKey[] {
    return [...this.#down.values()];
  }

  inHands(): null {
    return null;
  }

  [Symbol.dispose](): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#hook.off('keydown', this.#onDown);
    this.#hook.off('keyup', this.#onUp);
    this.#hook.stop();
  }

  /** The hook reports a held key repeatedly, as the system repeats it. */
  #take({ keycode, time }: UiohookKeyboardEvent, down: boolean): void {
    if (down === this.#down.has(keycode)) return;
    const key: PhysicalKey = { keycode, keysym: this.#names.get(keycode) ?? null };
    if (down) this.#down.set(keycode, key);
    else this.#down.delete(keycode);
    const atMs = this.#times.of(time);
    const atUnixMs = Date.now() - (performance.now() - atMs);
    this.#onKey({ ...key, down, synthetic: null, device: 'uiohook', atMs, atUnixMs });
  }
}

async function load() {
  try {
    return await import('uiohook-napi');
  } catch (cause) {
    throw new UnderstudyError({
      kind: 'environment',
      code: 'package-missing',
      message: `The package uiohook-napi, which watches keys on this platform, does not load: ${messageOf(cause)}.`,
      next: `${reinstallAdvice()} Or on X11 use --keys-from xi2.`,
      cause,
    });
  }
}

function hookFailed(cause: unknown): UnderstudyError {
  return new UnderstudyError({
    kind: 'environment',
    code: 'keyboard-failed',
    message: `The system refuses the keyboard hook: ${messageOf(cause)}.`,
    next: 'On macOS allow the terminal under Privacy & Security, Accessibility; on X11 use --keys-from xi2.',
    cause,
  });
}
