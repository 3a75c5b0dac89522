/**
 * Passes a person's keys to the recorder while the game window has the focus, and mouse buttons that go down on it. Keys that may have been typed into
 * another window are dropped: the focus is checked before each key is taken, and keys that arrived before the focus was
 * seen to be back are never passed on.
 */
import { isButtonName } from '../../desktop/key-layout.js';
import type { KeyObservation, KeyWatch, PhysicalKey } from '../../desktop/key-watch.js';
import type { KeyRecorder } from '../../session/key-recorder.js';
import type { KeySource } from './key-source.js';

/** How often the focus is checked without a key, ms: the log releases held keys this soon after the focus is lost. */
const LOOK_EVERY_MS = 20;

export interface FocusedKeysOptions {
  readonly source: KeySource;
  readonly recorder: Pick<KeyRecorder, 'focusGained' | 'focusLost' | 'key'>;
  /** Whether the game window has the focus. A throw (the display is gone) counts as false. */
  readonly hasFocus: () => boolean;
  /** Whether the pointer is on the game window. A throw counts as false. */
  readonly hasPointer: () => boolean;
  /** The recorder's clock: performance.now()'s. */
  readonly nowMs: () => number;
  /** Called when the keyboard can no longer be watched: no keys follow. */
  readonly onLost: (error: Error) => void;
}

export class FocusedKeys implements Disposable {
  readonly #options: FocusedKeysOptions;
  #watch: KeyWatch | null = null;
  #timer: NodeJS.Timeout | null = null;
  #focused = false;

  private constructor(options: FocusedKeysOptions) {
    this.#options = options;
  }

  /** Starts listening. Keys that are already down are passed on as such. @throws as the source's watch */
  static async start(options: FocusedKeysOptions): Promise<FocusedKeys> {
    const keys = new FocusedKeys(options);
    keys.#watch = await options.source.watch({ onKey: (key) => keys.#take(key), onLost: options.onLost });
    keys.look();
    keys.#timer = setInterval(() => keys.look(), LOOK_EVERY_MS).unref();
    return keys;
  }

  /** Checks the focus and takes the keys that have arrived. */
  look(): void {
    const { recorder, source, nowMs } = this.#options;
    const had = this.#focused;
    const focused = this.#hasFocus();
    // in this order: a key that arrived before the focus was seen to be back is dropped
    this.#watch?.poll();
    if (!focused) return this.#lose();
    if (this.#focused || had) return; // lost while its keys were taken: `focused` is out of date
    this.#focused = true;
    const inHands = this.#watch?.inHands() ?? null;
    const reaching = (this.#watch?.keysDown() ?? []).filter((key) => this.#reachesGame(key));
    const down = reaching.map((key) => ({
      key: source.nameOf(key),
      synthetic: inHands !== null && !inHands.includes(key.keycode),
    }));
    recorder.focusGained(
      nowMs(),
      down.filter((held): held is { key: string; synthetic: boolean } => held.key !== null),
    );
  }

  /** Takes what has arrived, then stops listening. */
  [Symbol.dispose](): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#watch?.poll();
    this.#watch?.[Symbol.dispose]();
    this.#watch = null;
  }

  #take(key: KeyObservation): void {
    const name = this.#focused ? this.#options.source.nameOf(key) : null;
    if (name === null) return;
    if (!this.#hasFocus()) return this.#lose();
    const { down, atMs } = key;
    if (down && !this.#reachesGame(key)) return; // the recorder ignores a release without a press
    const synthetic = key.synthetic ?? false; // where it is unknown, a person is assumed
    this.#options.recorder.key({ key: name, down, atMs, synthetic });
  }

  #lose(): void {
    if (!this.#focused) return;
    this.#focused = false;
    this.#options.recorder.focusLost(this.#options.nowMs());
  }

  #hasFocus(): boolean {
    return isTrue(this.#options.hasFocus);
  }

  /** A key goes where the focus is, a mouse button to the window under the pointer. */
  #reachesGame({ keysym }: PhysicalKey): boolean {
    return !isButtonName(keysym) || isTrue(this.#options.hasPointer);
  }
}

/** False where the desktop cannot be asked: the source of frames reports why. */
function isTrue(ask: () => boolean): boolean {
  try {
    return ask();
  } catch {
    return false;
  }
}
