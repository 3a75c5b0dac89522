/**
 * Counts what was sent as key events by all the guards in the lifetime of a sink: how many edges, when the last one was
 * sent, and which requested releases are not confirmed yet. Only counts; sends nothing.
 */
import type { HeldActions } from '../core/action-set.js';
import type { ReleaseReason } from '../core/key-sink.js';

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

  /** The running guard has sent this many edges in all. @param lastAtMs when it sent the last one, where known */
  guardSent(edges: number, lastAtMs = this.#lastEdgeAtMs): void {
    this.#ofGuard = edges;
    this.#lastEdgeAtMs = lastAtMs;
  }

  /** The running guard is lost: its edges stay counted; the releases that it did not confirm are dropped. */
  closeGuard(): void {
    this.#ofOthers += this.#ofGuard;
    this.#ofGuard = 0;
    this.#asked.clear();
  }

  /** This many keys were released without a guard. */
  releasedWithoutGuard(edges: number): void {
    this.#ofOthers += edges;
  }

  /** Message `seq` asks the guard for a release. */
  releaseAsked(seq: number, release: AskedRelease): void {
    this.#asked.set(seq, release);
  }

  /** The guard has handled message `seq`. @returns the release that the message asked for; null for another message */
  releaseDone(seq: number): AskedRelease | null {
    const release = this.#asked.get(seq) ?? null;
    this.#asked.delete(seq);
    return release;
  }
}
