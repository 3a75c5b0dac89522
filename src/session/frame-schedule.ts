/**
 * Forced constant frame rate (write-up, 2.1 and C.1): frame k of a session belongs to the time start + k / rate, so that
 * the video lasts as long as the play did. Decides which slot a picture fills and which slots repeat the picture before;
 * reads no clock and writes nothing.
 *
 * The study's recorder writes a late picture into the slots that it missed. Here a missed slot repeats the picture
 * before: a later picture in a slot would show an effect before its cause.
 */

/** A grab that begins up to this share of a period early belongs to the slot that follows: timers are that inexact. */
const EARLY_SHARE = 0.1;

/** A slot waits this long for its picture, ms; then it repeats the picture before. */
export const OPEN_SLOT_MS = 500;

/** What to write: the picture before `repeats` times, then the new one. */
export interface Placement {
  readonly repeats: number;
  /** 0-based slot of the picture. */
  readonly slot: number;
}

export class FrameSchedule {
  readonly #rateHz: number;
  #startMs: number | null = null; // when the first picture, slot 0, was grabbed
  #nextSlot = 0;

  constructor(rateHz: number) {
    this.#rateHz = rateHz;
  }

  /** Slots that have a picture or a repeat. */
  get filled(): number {
    return this.#nextSlot;
  }

  /** When slot `slot` is due. Call after the first picture. */
  dueMs(slot: number): number {
    return this.#startMs! + (slot * 1000) / this.#rateHz;
  }

  /**
   * The slot of a picture: the one in which its grab began, or the next open one where that is filled already.
   *
   * @param capturedAtMs when the grab began
   * @param nowMs when the picture arrived
   * @returns null when every slot up to now has a picture: this one is dropped
   */
  place(capturedAtMs: number, nowMs: number): Placement | null {
    this.#startMs ??= capturedAtMs;
    const slot = Math.max(this.#slotAt(capturedAtMs + (EARLY_SHARE * 1000) / this.#rateHz), this.#nextSlot);
    const isDue = this.dueMs(slot) <= Math.max(nowMs, capturedAtMs) + (EARLY_SHARE * 1000) / this.#rateHz;
    if (!isDue) return null;
    const repeats = slot - this.#nextSlot;
    this.#nextSlot = slot + 1;
    return { repeats, slot };
  }

  /** Fills the slots that waited too long for a picture; they repeat the one before. @returns how many */
  closeOverdue(nowMs: number): number {
    if (this.#startMs === null) return 0;
    // the last slot that ended at least OPEN_SLOT_MS ago
    return this.#fillUpTo(this.#slotAt(nowMs - OPEN_SLOT_MS) - 1);
  }

  /** Ends the session: fills the slots due by `nowMs` with repeats. @returns how many */
  closeAll(nowMs: number): number {
    return this.#startMs === null ? 0 : this.#fillUpTo(this.#slotAt(nowMs));
  }

  #fillUpTo(lastSlot: number): number {
    const repeats = Math.max(0, lastSlot + 1 - this.#nextSlot);
    this.#nextSlot += repeats;
    return repeats;
  }

  #slotAt(atMs: number): number {
    // 1e-9: 0.3 s * 10 Hz must be slot 3 in floating point too
    return Math.floor(((atMs - this.#startMs!) * this.#rateHz) / 1000 + 1e-9);
  }
}
