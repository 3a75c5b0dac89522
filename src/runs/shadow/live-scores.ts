/**
 * Scores while a shadow run goes on: of the last 30 seconds, and of the last ten minutes. They are for the eye; the scores that
 * count are taken from the recording at the end, by the same functions.
 */
import { ACTION_COUNT, isHeld, NONE_HELD, type HeldActions } from '../../core/actions.js';
import { COMPOSITE_ACTIONS, scoreLabels, type Scores } from '../../evaluation/scores.js';

export interface LiveScoresOptions {
  readonly rateHz: number;
  /** Frames from a decision to the frame that it is for. */
  readonly horizonFrames: number;
  /** Frames of support below which an action says too little. */
  readonly evidenceFloor: number;
}

/** Seconds that the rolling scores look back. */
export const ROLLING_SECONDS = 30;
/** And how far the scores of the run look back, while it runs. */
const LONG_SECONDS = 600;
/** A key event is with us this long after it happened, ms; labels of younger frames may still change. */
const EVENTS_WITHIN_MS = 200;

export class LiveScores {
  readonly #options: LiveScoresOptions;
  readonly #keys: { readonly atMs: number; readonly held: HeldActions }[] = [];
  #labels = new Uint8Array(0);
  #predictions = new Uint8Array(0);
  /** Frames that have a label, in order; decisions wait for theirs. */
  #frames = 0;
  #decided: (HeldActions | null)[] = [];
  readonly #pending: { readonly frame: number; readonly atMs: number }[] = [];

  constructor(options: LiveScoresOptions) {
    this.#options = options;
  }

  /** What the human holds from now on. @param atMs on the clock of {@link frame} */
  human(held: HeldActions, atMs: number): void {
    this.#keys.push({ atMs, held });
  }

  /** A frame was recorded, and what the model would hold after it; null while it has no answer. */
  frame(frame: number, atMs: number, held: HeldActions | null): void {
    this.#decided[frame] = held;
    this.#pending.push({ frame, atMs });
    while (this.#pending.length > 0 && this.#pending[0].atMs < atMs - EVENTS_WITHIN_MS) {
      const settled = this.#pending.shift()!;
      this.#settle(settled.frame, settled.atMs);
    }
  }

  /** Of the last {@link ROLLING_SECONDS}; null before the first predicted frame. */
  rolling(): Scores | null {
    return this.#score(Math.max(0, this.#frames - Math.round(ROLLING_SECONDS * this.#options.rateHz)));
  }

  /** Of the last {@link LONG_SECONDS} at most: it is scored between two ticks. */
  whole(): Scores | null {
    return this.#score(Math.max(0, this.#frames - Math.round(LONG_SECONDS * this.#options.rateHz)));
  }

  /** One line for people: what stands on too few frames is left out. */
  line(): string {
    const scores = this.rolling();
    if (scores === null) return 'no prediction yet';
    const { evidenceFloor } = this.#options;
    const parts = COMPOSITE_ACTIONS.map((action) => {
      const { f1, support } = scores.perAction[action];
      return `${action} ${support < evidenceFloor ? '-' : f1.toFixed(2)}`;
    });
    const seconds = Math.min(ROLLING_SECONDS, scores.frames / this.#options.rateHz);
    return `last ${seconds.toFixed(0)} s: F1 ${parts.join(', ')}; presses ${scores.onsetF1.toFixed(2)}`;
  }

  #settle(frame: number, atMs: number): void {
    const predicted = this.#decided[frame - this.#options.horizonFrames];
    if (predicted === undefined || predicted === null) return;
    this.#reserve();
    const label = this.#heldAt(atMs);
    for (let action = 0; action < ACTION_COUNT; action += 1) {
      this.#labels[this.#frames * ACTION_COUNT + action] = isHeld(label, action) ? 1 : 0;
      this.#predictions[this.#frames * ACTION_COUNT + action] = isHeld(predicted, action) ? 1 : 0;
    }
    this.#frames += 1;
  }

  /** The last change at or before `atMs`; those before it are not needed again. */
  #heldAt(atMs: number): HeldActions {
    while (this.#keys.length > 1 && this.#keys[1].atMs <= atMs) this.#keys.shift();
    const first = this.#keys.at(0);
    return first !== undefined && first.atMs <= atMs ? first.held : NONE_HELD;
  }

  #score(from: number): Scores | null {
    if (this.#frames === from) return null;
    const cells = [from * ACTION_COUNT, this.#frames * ACTION_COUNT] as const;
    return scoreLabels(this.#labels.subarray(...cells), this.#predictions.subarray(...cells));
  }

  #reserve(): void {
    if ((this.#frames + 1) * ACTION_COUNT <= this.#labels.length) return;
    const length = Math.max(1024 * ACTION_COUNT, 2 * this.#labels.length);
    const [labels, predictions] = [new Uint8Array(length), new Uint8Array(length)];
    labels.set(this.#labels);
    predictions.set(this.#predictions);
    this.#labels = labels;
    this.#predictions = predictions;
  }
}
