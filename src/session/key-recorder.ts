/**
 * Takes the keys of a person while the game has the focus: hot keys control the recording, all others are recorded. Knows
 * no keyboard and no window; its caller reports what happens there.
 */
import type { KeyOrigin, SessionWriter } from './session-writer.js';

/** Keys that control the recording, by their log names; never recorded as play. */
export interface RecorderKeys {
  readonly stop: string;
  readonly fightStart: string;
  readonly fightEnd: string;
}

/** What a hot key, or a button that stands for it, asks for. */
export type RecordingOrder = keyof RecorderKeys;

/** The study's hot keys. */
export const STUDY_HOT_KEYS: RecorderKeys = { stop: '1', fightStart: '8', fightEnd: '9' };

/** A key of the OS, by its log name. */
export interface RawKey {
  readonly key: string;
  readonly down: boolean;
  /** The OS's time of the event, on the recorder's clock. */
  readonly atMs: number;
  /** Sent, or held, only by a program (XTEST), not by a keyboard. */
  readonly synthetic: boolean;
}

export interface KeyRecorderOptions {
  readonly writer: SessionWriter;
  /** Default: the study's; null: there are none. */
  readonly hotKeys?: RecorderKeys | null;
  /** The agent presses keys too (those that no keyboard sends): record who pressed each key. Default false. */
  readonly recordPlayedBy?: boolean;
  /** Called when the stop key is pressed. */
  readonly onStop: () => void;
}

export class KeyRecorder {
  readonly #options: KeyRecorderOptions;
  readonly #hotKeys: RecorderKeys | null;
  readonly #hotKeysDown = new Set<string>();
  #isFocused = false;
  #focusedFromMs = Number.NEGATIVE_INFINITY;
  #lastKey: string | null = null;

  constructor(options: KeyRecorderOptions) {
    this.#options = options;
    this.#hotKeys = options.hotKeys === undefined ? STUDY_HOT_KEYS : options.hotKeys;
  }

  /** Whether the game has the focus, by the last report. */
  get isFocused(): boolean {
    return this.#isFocused;
  }

  /** Log name of the key that was pressed last in the game, hot keys too; null before the first. */
  get lastKey(): string | null {
    return this.#lastKey;
  }

  /** Stops the recording, or marks a fight: the one way for hot keys and buttons. @returns false where nothing changed */
  order(order: RecordingOrder, atMs: number): boolean {
    const { onStop, writer } = this.#options;
    if (order !== 'stop') return writer.marker(order === 'fightStart' ? 'fight_start' : 'fight_end', atMs);
    onStop();
    return true;
  }

  /** Reports that the game got the focus. @param keysDown the keys held at that moment; recorded as `initial` */
  focusGained(atMs: number, keysDown: readonly Pick<RawKey, 'key' | 'synthetic'>[]): void {
    if (this.#isFocused) return;
    this.#isFocused = true;
    this.#focusedFromMs = atMs;
    for (const { key, synthetic } of keysDown) {
      if (!this.#isHotKey(key)) this.#options.writer.keyDown(key, atMs, { initial: true, ...this.#origin(synthetic) });
    }
  }

  /** Reports that another window got the focus: held keys count as released; recording pauses until it is back. */
  focusLost(atMs: number): void {
    if (!this.#isFocused) return;
    this.#isFocused = false;
    this.#hotKeysDown.clear(); // another window gets their releases
    this.#options.writer.releaseAll(atMs);
  }

  /** Reports a key of the OS. Hot keys act on their press; other keys are recorded while the game has the focus. */
  key({ key, down, atMs, synthetic }: RawKey): void {
    if (!this.#isFocused) return;
    if (down) this.#lastKey = key;
    if (this.#isHotKey(key)) return this.#takeHotKey(key, down, atMs);
    // the OS counts in whole ms: a key that came just after the focus may be stamped before it, and would be sorted so
    const takenMs = Math.max(atMs, this.#focusedFromMs);
    if (down) this.#options.writer.keyDown(key, takenMs, this.#origin(synthetic));
    else this.#options.writer.keyUp(key, takenMs, this.#origin(synthetic));
  }

  #isHotKey(key: string): boolean {
    if (this.#hotKeys === null) return false;
    const { stop, fightStart, fightEnd } = this.#hotKeys;
    return key === stop || key === fightStart || key === fightEnd;
  }

  #origin(synthetic: boolean): KeyOrigin {
    return this.#options.recordPlayedBy ? { synthetic, source: synthetic ? 'agent' : 'human' } : { synthetic };
  }

  #takeHotKey(key: string, down: boolean, atMs: number): void {
    if (!down) return void this.#hotKeysDown.delete(key);
    if (this.#hotKeysDown.has(key)) return; // the keyboard's auto-repeat
    this.#hotKeysDown.add(key);
    const { stop, fightStart } = this.#hotKeys!;
    this.order(key === stop ? 'stop' : key === fightStart ? 'fightStart' : 'fightEnd', atMs);
  }
}
