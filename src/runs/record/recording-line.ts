/** The status line of a recording: time, fights, true rate, duplicates, what is held. */
import { shownKeys, type ActionOfKey } from '../../session/key-names.js';
import type { WriterStatus } from '../../session/session-writer.js';
import type { SeenGame } from '../../core/seen-game.js';
import type { RecordedSlot } from './window-recorder.js';
import type { InPlaceLine } from '../../terminal/in-place-line.js';
import { seenTexts } from '../../terminal/seen-text.js';

/** The true rate is measured over this long. */
const RATE_OVER_MS = 3000;

export class RecordingLine {
  readonly #line: InPlaceLine;
  readonly #rateHz: number;
  readonly #keys: ActionOfKey;
  /** How many pictures, without duplicates, had been taken at which time. */
  #samples: { readonly atMs: number; readonly pictures: number }[] = [];

  /** @param keys what the keys mean */
  constructor(line: InPlaceLine, rateHz: number, keys: ActionOfKey) {
    this.#line = line;
    this.#rateHz = rateHz;
    this.#keys = keys;
  }

  /** Call once a slot. @param nowMs a monotonic clock */
  show(nowMs: number, { status, recorder, seen }: RecordedSlot): void {
    this.#samples.push({ atMs: nowMs, pictures: status.frames - status.duplicates });
    while (this.#samples[0].atMs < nowMs - RATE_OVER_MS) this.#samples.shift();
    this.#line.show(nowMs, () => this.#text(status, recorder.keys.isFocused, seen));
  }

  finish(): void {
    this.#line.finish();
  }

  #text(status: WriterStatus, focused: boolean, seen: SeenGame | null): string {
    const { seconds, fights, inFight, duplicates, failedGrabs, heldKeys } = status;
    const whole = Math.floor(seconds);
    return [
      `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`,
      `${fights} ${fights === 1 ? 'fight' : 'fights'}${inFight ? ' (on)' : ''}`,
      ...(seen === null ? [] : seenTexts(seen)),
      `${this.#trueRateHz().toFixed(1)} of ${this.#rateHz} Hz`,
      `${duplicates} duplicates`,
      ...(failedGrabs > 0 ? [`${failedGrabs} failed grabs`] : []),
      focused ? `held ${shownKeys(heldKeys, this.#keys)}` : 'no keys: the window does not have the focus',
    ].join(' | ');
  }

  #trueRateHz(): number {
    const first = this.#samples[0];
    const last = this.#samples[this.#samples.length - 1];
    const seconds = (last.atMs - first.atMs) / 1000;
    return seconds > 0 ? (last.pictures - first.pictures) / seconds : this.#rateHz;
  }
}
