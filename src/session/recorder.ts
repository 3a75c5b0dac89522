/**
 * Records a run: grabs one frame a slot from any source, while its {@link KeyRecorder} takes the keys. Knows no window and
 * no keyboard; the command line joins them to it. Never waits for a disk or an encoder.
 */
import { Cadence } from '../core/cadence.js';
import type { Clock } from '../core/clock.js';
import { UnderstudyError } from '../core/errors.js';
import type { FrameSource } from '../core/frame.js';
import { KeyRecorder, type RecorderKeys } from './key-recorder.js';
import type { SessionWriter, WriterStatus } from './session-writer.js';

export interface RecorderOptions {
  readonly source: FrameSource;
  readonly writer: SessionWriter;
  readonly clock: Clock;
  readonly rateHz: number;
  /** As the key recorder's. */
  readonly hotKeys?: RecorderKeys | null;
  readonly tellHands?: boolean;
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
  /** What is told of the keyboard goes here. */
  readonly keys: KeyRecorder;
  readonly #options: RecorderOptions;
  readonly #stopping = new AbortController();

  constructor(options: RecorderOptions) {
    this.#options = options;
    const { writer, hotKeys, tellHands = false } = options;
    const steering = hotKeys === undefined ? {} : { hotKeys };
    this.keys = new KeyRecorder({ writer, tellHands, ...steering, onStop: () => this.stop() });
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

  /** Slots that have passed are the writer's to fill: grabbing for them now would only come later still. */
  async #grabSlots(): Promise<void> {
    const { source, writer, clock, rateHz, onStatus } = this.#options;
    const { signal } = this.#stopping;
    const slots = new Cadence(clock, rateHz);
    let afterStale = false; // `repeated` then says: as the stale one, which is in no file
    while (writer.failure === null) {
      const slot = await slots.next(signal);
      if (slot === null) return;
      const frame = await source.next(slot.deadlineMs + slots.periodMs, signal);
      if (frame !== null && !frame.stale) writer.offer(afterStale ? { ...frame, repeated: false } : frame);
      else if (!signal.aborted) writer.grabFailed();
      if (frame !== null) afterStale = frame.stale;
      writer.tick();
      onStatus?.(writer.status);
    }
  }
}
