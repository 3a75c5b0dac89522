/**
 * Records a run: grabs one frame a slot from any source and hands key events to the writer while the game has the
 * focus. Knows no window and no keyboard; the command line joins them to it. Never waits for a disk or an encoder.
 */
import type { Clock } from '../core/clock.js';
import { UnderstudyError } from '../core/errors.js';
import type { FrameSource } from '../core/frame.js';
import type { SessionWriter, WriterStatus } from './session-writer.js';

/** Keys that steer the recording, by their log names; never recorded as play. */
export interface HotKeys {
  readonly stop: string;
  readonly fightStart: string;
  readonly fightEnd: string;
}

/** The study's hot keys. */
export const STUDY_HOT_KEYS: HotKeys = { stop: '1', fightStart: '8', fightEnd: '9' };

/** A key of the OS, by its log name. */
export interface RawKey {
  readonly key: string;
  readonly down: boolean;
  /** The recorder's clock, when the OS says it happened. */
  readonly atMs: number;
  /** Sent by a program (XTEST). */
  readonly synthetic: boolean;
}

export interface RecorderOptions {
  readonly source: FrameSource;
  readonly writer: SessionWriter;
  readonly clock: Clock;
  readonly rateHz: number;
  readonly hotKeys?: HotKeys;
  /** Called once a slot, for a status line. */
  readonly onStatus?: (status: WriterStatus) => void;
}

/** Why a recording ended. */
export type RecordingEnd = 'stopped' | 'source-ended' | 'failed';

export interface RecordingResult extends WriterStatus {
  readonly reason: RecordingEnd;
  /** What ended it: the window that closed, the disk that is full; null when it was stopped. */
  readonly error: UnderstudyError | null;
}

export class Recorder {
  readonly #options: RecorderOptions;
  readonly #hotKeys: HotKeys;
  readonly #stopping = new AbortController();
  readonly #hotKeysDown = new Set<string>();
  #isFocused = false;

  constructor(options: RecorderOptions) {
    this.#options = options;
    this.#hotKeys = options.hotKeys ?? STUDY_HOT_KEYS;
  }

  /** Whether the game has the focus, as far as it was told. */
  get isFocused(): boolean {
    return this.#isFocused;
  }

  /** Ends the recording after the current slot. Idempotent. */
  stop(): void {
    this.#stopping.abort();
  }

  /** Whether a fight is open in the log. */
  get inFight(): boolean {
    return this.#options.writer.status.inFight;
  }

  /** A fight begins or ends, as the game itself tells; the hot keys do the same. As the writer's marker. */
  marker(type: 'fight_start' | 'fight_end', atMs: number): void {
    this.#options.writer.marker(type, atMs);
  }

  /** The game got the focus. @param keysDown log names of what is held at that moment; recorded as `initial` */
  focusGained(atMs: number, keysDown: readonly string[]): void {
    if (this.#isFocused) return;
    this.#isFocused = true;
    for (const key of keysDown) {
      if (!this.#isHotKey(key)) this.#options.writer.keyDown(key, atMs, { initial: true });
    }
  }

  /** Another window got the focus: what is held comes up, and nothing is recorded until it is back. */
  focusLost(atMs: number): void {
    if (!this.#isFocused) return;
    this.#isFocused = false;
    for (const key of this.#options.writer.status.heldKeys) this.#options.writer.keyUp(key, atMs);
  }

  /** A key of the OS. Hot keys act on their press; other keys are recorded while the game has the focus. */
  key({ key, down, atMs, synthetic }: RawKey): void {
    if (!this.#isFocused) return;
    if (this.#isHotKey(key)) return this.#takeHotKey(key, down, atMs);
    if (down) this.#options.writer.keyDown(key, atMs, { synthetic });
    else this.#options.writer.keyUp(key, atMs, { synthetic });
  }

  /**
   * Records until it is stopped, the source ends or a file cannot be written; finishes the writer in each case.
   * Never throws an operating error: it is in the result.
   *
   * @param lastLook called once before the writer is finished: takes the keys that have arrived and were not told yet
   */
  async run(lastLook: () => void = () => undefined): Promise<RecordingResult> {
    const { writer } = this.#options;
    let error: UnderstudyError | null = null;
    let reason: RecordingEnd = 'stopped';
    try {
      await this.#grabSlots();
    } catch (thrown) {
      if (!(thrown instanceof UnderstudyError)) {
        await writer.finish('fault');
        throw thrown;
      }
      error = thrown;
      reason = 'source-ended';
    }
    if (writer.failure !== null) {
      error = writer.failure;
      reason = 'failed';
    }
    lastLook();
    const status = await writer.finish(reason);
    return { ...status, reason, error };
  }

  async #grabSlots(): Promise<void> {
    const { source, writer, clock, rateHz, onStatus } = this.#options;
    const { signal } = this.#stopping;
    const periodMs = 1000 / rateHz;
    const startMs = clock.nowMs();
    let slot = 0;
    let afterStale = false; // `repeated` then says: as the stale one, which is in no file
    while (!signal.aborted && writer.failure === null) {
      const dueMs = startMs + slot * periodMs;
      await clock.sleepUntil(dueMs, signal);
      if (signal.aborted) return;
      const frame = await source.next(dueMs + periodMs, signal);
      if (frame !== null && !frame.stale) writer.offer(afterStale ? { ...frame, repeated: false } : frame);
      else if (!signal.aborted) writer.grabFailed();
      if (frame !== null) afterStale = frame.stale;
      writer.tick();
      onStatus?.(writer.status);
      // slots that have passed are the writer's to fill; grabbing for them now would only come later still
      slot = Math.max(slot + 1, Math.floor((clock.nowMs() - startMs) / periodMs));
    }
  }

  #isHotKey(key: string): boolean {
    const { stop, fightStart, fightEnd } = this.#hotKeys;
    return key === stop || key === fightStart || key === fightEnd;
  }

  #takeHotKey(key: string, down: boolean, atMs: number): void {
    if (!down) return void this.#hotKeysDown.delete(key);
    if (this.#hotKeysDown.has(key)) return; // the keyboard's repeat
    this.#hotKeysDown.add(key);
    if (key === this.#hotKeys.stop) this.stop();
    else this.#options.writer.marker(key === this.#hotKeys.fightStart ? 'fight_start' : 'fight_end', atMs);
  }
}
