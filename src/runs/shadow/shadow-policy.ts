/**
 * The model beside a person: each picture goes into the recording and to the model, at the time of its slot there, and
 * slots without a picture repeat the last one for both. So the live decisions are those that the recording would give.
 * Never answers with a held key: the loop's sink could not press it, and nothing should try.
 */
import { NONE_HELD } from '../../core/action-set.js';
import type { Decision, Policy } from '../../core/policy.js';
import type { Frame } from '../../core/frame.js';
import type { LivePredictions } from '../../evaluation/live-predictions.js';
import type { ModelPolicy } from '../../policy/model-policy.js';
import type { SessionWriter } from '../../session/session-writer.js';

/** What the model answered to one frame of the recording. */
export interface ShadowAnswer {
  /** 0-based number of the frame in the session's log. */
  readonly frame: number;
  readonly decision: Decision;
}

export interface ShadowPolicyParts {
  readonly model: ModelPolicy;
  readonly writer: SessionWriter;
  readonly predictions: LivePredictions;
  /** Of the recording. */
  readonly periodMs: number;
  readonly onAnswer: (answer: ShadowAnswer) => void;
}

export class ShadowPolicy implements Policy {
  readonly #parts: ShadowPolicyParts;
  /** Slots of the recording that the model has been shown. */
  #frames = 0;
  #last: Decision;

  constructor(parts: ShadowPolicyParts) {
    this.#parts = parts;
    const probabilities = new Float32Array(parts.model.actions.count);
    this.#last = { held: NONE_HELD, probabilities, ready: false, stageMs: { preprocess: 0, encode: 0, head: 0 } };
  }

  async decide(frame: Frame): Promise<Decision> {
    const { model, writer, periodMs } = this.#parts;
    const from = this.#frames;
    const offered = writer.offer(frame);
    this.#frames = writer.status.frames;
    // every slot up to now has its picture: this one is not recorded, and the model is not shown it either
    if (this.#frames === from) return { ...this.#last, stageMs: { preprocess: 0, encode: 0, head: 0 } };
    const slot = this.#frames - 1;
    // each missed slot has a label in the recording, and is scored there
    for (let missed = from; missed < slot; missed += 1) this.#note(missed, await model.repeat(missed * periodMs));
    const atMs = slot * periodMs;
    // the recording's picture thread was behind: the recording has the last picture again
    const again = offered === 'repeated' ? await model.repeat(atMs) : null;
    const decision = again ?? (await model.decide({ ...frame, capturedAtMs: atMs }));
    this.#note(slot, decision);
    this.#last = { ...decision, held: NONE_HELD };
    return this.#last;
  }

  /** As `decide`: every picture is recorded and answered. */
  async see(frame: Frame): ReturnType<Policy['see']> {
    return (await this.decide(frame)).stageMs;
  }

  dropHeld(): void {
    // it holds nothing
  }

  reset(): void {
    // the latent window is kept: frames between fights are left out of the scores
  }

  [Symbol.asyncDispose](): PromiseLike<void> {
    return this.#parts.model[Symbol.asyncDispose]();
  }

  #note(frame: number, decision: Decision | null): void {
    if (decision === null) return;
    if (decision.ready) this.#parts.predictions.set(frame, decision.probabilities);
    this.#parts.onAnswer({ frame, decision });
  }
}
