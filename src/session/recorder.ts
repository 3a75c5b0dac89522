/**
 * Records a run: grabs one frame a slot from any source, while its {@link KeyRecorder} takes the keys. Knows no window
 * and no keyboard; its caller connects them. Never waits for a disk or an encoder.
 */
import { Cadence } from '../core/cadence.js';
import type { Clock } from '../core/clock.js';
import { UnderstudyError } from '../core/errors.js';
import type { Frame, FrameSource } from '../core/frame.js';
import { KeyRecorder, type KeyRecorderOptions } from './key-recorder.js';
import type { WriterStatus } from './session-writer.js';

export interface RecorderOptions extends Omit<KeyRecorderOptions, 'onStop'> {
  readonly source: FrameSource;
  readonly clock: Clock;
  readonly rateHz: number;
  /** Called once a slot, for those who show it. The frame is the slot's, valid during the call; null: none was grabbed. */
  readonly onStatus?: (status: WriterStatus, frame: Frame | null) => void;
}

/** Why a recording ended. */
export type RecordingEnd = 'stopped' | 'source-ended' | 'failed';

export interface RecordingResult extends WriterStatus {
  readonly reason: RecordingEnd;
  /** The error that ended it, such as a closed window or a full disk; null when it was stopped. */
  readonly error: UnderstudyError | null;
}

export class Recorder {
  /** Takes what happens on the keyboard. */
  readonly keys: KeyRecorder;
  readonly #options: RecorderOptions;
  readonly #stopping = new AbortController();

  constructor(options: RecorderOptions) {
    this.#options = options;
    this.keys = new KeyRecorder({ ...options, onStop: () => this.stop() });
  }

  /** Ends the recording after the current slot. Idempotent. */
  stop(): void {
    this.#stopping.abort();
  }

  /** Whether a fight is open in the log. */
  get inFight(): boolean {
    return this.#options.writer.status.inFight;
  }

  /** A fight begins or ends by the game's own report; the hot keys do the same. As the writer's `marker`. */
  marker(type: 'fight_start' | 'fight_end', atMs: number): void {
    this.#options.writer.marker(type, atMs);
  }

  /**
   * Records until it is stopped, the source ends or a file cannot be written; finishes the writer in each case.
   * Never throws an operating error: the result has it.
   *
   * @param takeLastKeys called once before the writer is finished: passes on the keys that have arrived by then
   */
  async run(takeLastKeys: () => void = () => undefined): Promise<RecordingResult> {
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
    takeLastKeys();
    const status = await writer.finish(reason);
    return { ...status, reason, error };
  }

  /** The writer fills the slots that have passed: a grab for them now would only be later still. */
  async #grabSlots(): Promise<void> {
    const { source, writer, clock, rateHz, onStatus } = this.#options;
    const { signal } = this.#stopping;
    const slots = new Cadence(clock, rateHz);
    let afterStale = false; // then `repeated` means: equal to the stale frame, which is in no file
    while (writer.failure === null) {
      const slot = await slots.next(signal);
      if (slot === null) return;
      const frame = await source.next(slot.deadlineMs + slots.periodMs, signal);
      if (frame !== null && !frame.stale) writer.offer(afterStale ? { ...frame, repeated: false } : frame);
      else if (!signal.aborted) writer.grabFailed();
      if (frame !== null) afterStale = frame.stale;
      writer.tick();
      onStatus?.(writer.status, frame);
    }
  }
}
