/**
 * What was sent to the game's keyboard, over all the guards in the life of a sink: how many edges, when the last one, and
 * which releases were asked for and are not confirmed yet. Counts only; sends nothing.
 */
import type { HeldActions } from '../core/action-set.js';
import type { ReleaseReason } from '../core/keys.js';

/** A release that was asked for. */
export interface AskedRelease {
  readonly reason: ReleaseReason;
  /** What was held. */
  readonly held: HeldActions;
  /** The machine's monotonic clock, ms. */
  readonly atMs: number;
}

export class EdgeAccount {
  #ofGuard = 0;
  #ofOthers = 0;
  #lastEdgeAtMs = 0;
  readonly #asked = new Map<number, AskedRelease>();

  /** Presses and releases so far, as far as they are known. */
  get edges(): number {
    return this.#ofGuard + this.#ofOthers;
  }

  /** When a guard sent its last edge, ms on the machine's monotonic clock; 0 before the first. */
  get lastEdgeAtMs(): number {
    return this.#lastEdgeAtMs;
  }

  /** The running guard has sent so many in all. @param lastAtMs when the last one, where it says */
  guardSent(edges: number, lastAtMs = this.#lastEdgeAtMs): void {
    this.#ofGuard = edges;
    this.#lastEdgeAtMs = lastAtMs;
  }

  /** The running guard is lost: its edges stay counted, what it did not confirm never will be. */
  closeGuard(): void {
    this.#ofOthers += this.#ofGuard;
    this.#ofGuard = 0;
    this.#asked.clear();
  }

  /** So many keys were released without a guard. */
  releasedWithoutGuard(edges: number): void {
    this.#ofOthers += edges;
  }

  /** Message `seq` asks the guard for a release. */
  releaseAsked(seq: number, release: AskedRelease): void {
    this.#asked.set(seq, release);
  }

  /** The guard has done message `seq`. @returns the release that it asked for; null for another message */
  releaseDone(seq: number): AskedRelease | null {
    const release = this.#asked.get(seq) ?? null;
    this.#asked.delete(seq);
    return release;
  }
}
