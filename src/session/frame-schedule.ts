/**
 * Forced constant frame rate (write-up, 2.1 and C.1): frame k of a session belongs to start + k / rate, so that a
 * video lasts as long as the play did. Decides which slots a picture fills and which repeat the one before; reads no
 * clock and writes nothing.
 *
 * Unlike the study's recorder, which writes a late picture into the slots it missed, a missed slot repeats the picture
 * that was there before: a picture from the future in a slot would show an effect before its cause.
 */

/** A grab may begin this share of a period before its slot: the timer's own error, not the picture of the slot before. */
const EARLY_SHARE = 0.1;

/** A slot stays open this long for a picture that is slow to arrive; then it repeats the one before. */
export const OPEN_SLOT_MS = 500;

/** What to write for a picture: `repeats` times the one before, then it. */
export interface Placement {
  readonly repeats: number;
  /** 0-based slot of the picture. */
  readonly slot: number;
}

export class FrameSchedule {
  readonly rateHz: number;
  #startMs: number | null = null;
  #nextSlot = 0;

  constructor(rateHz: number) {
    this.rateHz = rateHz;
  }

  /** Slots that have been given a picture or a repeat. */
  get filled(): number {
    return this.#nextSlot;
  }

  /** When the first picture was grabbed, which is slot 0; null before it. */
  get startMs(): number | null {
    return this.#startMs;
  }

  /** When slot `slot` is due. Call after the first picture. */
  dueMs(slot: number): number {
    return this.#startMs! + (slot * 1000) / this.rateHz;
  }

  /**
   * Gives a picture its slot: the one during which its grab began, or the next open one where that has been closed.
   *
   * @param capturedAtMs when the grab began
   * @param nowMs when the picture arrived
   * @returns null when every slot up to now has a picture: this one is dropped
   */
  place(capturedAtMs: number, nowMs: number): Placement | null {
    this.#startMs ??= capturedAtMs;
    const slot = Math.max(this.#slotAt(capturedAtMs + (EARLY_SHARE * 1000) / this.rateHz), this.#nextSlot);
    const isDue = this.dueMs(slot) <= Math.max(nowMs, capturedAtMs) + (EARLY_SHARE * 1000) / this.rateHz;
    if (!isDue) return null;
    const repeats = slot - this.#nextSlot;
    this.#nextSlot = slot + 1;
    return { repeats, slot };
  }

  /** How many slots stayed without a picture for too long and now repeat the one before; they count as filled. */
  closeOverdue(nowMs: number): number {
    if (this.#startMs === null) return 0;
    // the last slot whose end lies OPEN_SLOT_MS back
    return this.#fillUpTo(this.#slotAt(nowMs - OPEN_SLOT_MS) - 1);
  }

  /** Ends the session: the slots due by `nowMs` that have no picture repeat the one before. */
  closeAll(nowMs: number): number {
    return this.#startMs === null ? 0 : this.#fillUpTo(this.#slotAt(nowMs));
  }

  #fillUpTo(lastSlot: number): number {
    const repeats = Math.max(0, lastSlot + 1 - this.#nextSlot);
    this.#nextSlot += repeats;
    return repeats;
  }

  #slotAt(atMs: number): number {
    // 1e-9: (0.3 s * 10 Hz) must be slot 3 in floats too
    return Math.floor(((atMs - this.#startMs!) * this.rateHz) / 1000 + 1e-9);
  }
}
