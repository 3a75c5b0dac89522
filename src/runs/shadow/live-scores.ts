/**
 * Scores during a shadow run: of the last 30 seconds, and of the last ten minutes. They are only shown; the final
 * scores are computed from the recording at the end, by the same functions.
 */
import { NONE_HELD, type ActionSet, type HeldActions } from '../../core/action-set.js';
import { LabelMatrix } from '../../core/label-matrix.js';
import { learnedOf } from '../../evaluation/learned.js';
import { scoredNames, scoreLabels, type Scores } from '../../evaluation/scores.js';

export interface LiveScoresOptions {
  readonly actions: ActionSet;
  readonly rateHz: number;
  /** Frames from a decision to the frame that it is for. */
  readonly horizonFrames: number;
  /** Frames of support below which an action's score is not shown. */
  readonly evidenceFloor: number;
}

/** Seconds that the rolling scores look back. */
export const ROLLING_SECONDS = 30;
/** Seconds that the scores of the whole run look back, during the run. */
const LONG_SECONDS = 600;
/** What the verdict on the last seconds is called on the line: they are few, and a model may be right in the next ones. */
const LEARNED = { little: 'little agreement', some: 'some agreement', well: 'good agreement' } as const;
/** Frames that the matrices have room for at first. */
const FIRST_FRAMES = 1024;
/** A key event arrives at most this long after it happened, ms; labels of younger frames may still change. */
const EVENTS_WITHIN_MS = 200;

export class LiveScores {
  readonly #options: LiveScoresOptions;
  readonly #keys: { readonly atMs: number; readonly held: HeldActions }[] = [];
  #labels: LabelMatrix;
  #predictions: LabelMatrix;
  /** Number of frames that have a label and a decision; later decisions wait for their labels. */
  #frames = 0;
  #decided: (HeldActions | null)[] = [];
  readonly #pending: { readonly frame: number; readonly atMs: number }[] = [];

  constructor(options: LiveScoresOptions) {
    this.#options = options;
    this.#labels = LabelMatrix.zeros(options.actions, FIRST_FRAMES);
    this.#predictions = LabelMatrix.zeros(options.actions, FIRST_FRAMES);
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
    return this.#score(ROLLING_SECONDS);
  }

  /** Of at most the last {@link LONG_SECONDS}: it is computed between two ticks. */
  whole(): Scores | null {
    return this.#score(LONG_SECONDS);
  }

  /** One line for people: scores with too little support are left out. */
  line(): string {
    const scores = this.rolling();
    if (scores === null) return 'no prediction yet';
    const { actions, evidenceFloor } = this.#options;
    const learned = learnedOf(scores, null);
    const parts = scoredNames(actions).map((action) => {
      const { f1, always, support } = learned.perAction[action];
      if (support < evidenceFloor || f1 === null || always === null) return `${action} -`;
      return `${action} ${f1.toFixed(2)} (always held ${always.toFixed(2)})`;
    });
    const seconds = Math.min(ROLLING_SECONDS, scores.frames / this.#options.rateHz);
    return `last ${seconds.toFixed(0)} s: F1 ${parts.join(', ')}; presses ${scores.onsetF1.toFixed(2)}; ${LEARNED[learned.verdict]}`;
  }

  #settle(frame: number, atMs: number): void {
    const predicted = this.#decided[frame - this.#options.horizonFrames];
    if (predicted === undefined || predicted === null) return;
    this.#reserve();
    this.#labels.setHeld(this.#frames, this.#heldAt(atMs));
    this.#predictions.setHeld(this.#frames, predicted);
    this.#frames += 1;
  }

  /** The last change at or before `atMs`; earlier ones are dropped. */
  #heldAt(atMs: number): HeldActions {
    while (this.#keys.length > 1 && this.#keys[1].atMs <= atMs) this.#keys.shift();
    const first = this.#keys.at(0);
    return first !== undefined && first.atMs <= atMs ? first.held : NONE_HELD;
  }

  /** Of the last `seconds`; null before the first predicted frame. */
  #score(seconds: number): Scores | null {
    if (this.#frames === 0) return null;
    const from = Math.max(0, this.#frames - Math.round(seconds * this.#options.rateHz));
    return scoreLabels(this.#labels.slice(from, this.#frames), this.#predictions.slice(from, this.#frames));
  }

  #reserve(): void {
    if (this.#frames < this.#labels.count) return;
    this.#labels = twice(this.#labels);
    this.#predictions = twice(this.#predictions);
  }
}

/** The same rows, and room for as many more. */
function twice(labels: LabelMatrix): LabelMatrix {
  return LabelMatrix.join(labels.actions, [labels, LabelMatrix.zeros(labels.actions, labels.count)]);
}
