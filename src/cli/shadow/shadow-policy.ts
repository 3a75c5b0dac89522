/**
 * The model beside a person: each picture goes into the recording and to the model, at the time of its slot there, and
 * slots that had no picture of their own repeat the last one for both. So what is decided live is what the recording
 * shows. Never answers with a held key: the loop's sink could not press it, and nothing should try.
 */
import { NONE_HELD } from '../../core/actions.js';
import type { Decision, Policy } from '../../core/decision.js';
import type { Frame } from '../../core/frame.js';
import type { LivePredictions } from '../../evaluation/live-predictions.js';
import type { ModelPolicy } from '../../policy/policy.js';
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
  readonly periodMs: number;
  readonly onAnswer: (answer: ShadowAnswer) => void;
}

export class ShadowPolicy implements Policy {
  readonly #parts: ShadowPolicyParts;

  constructor(parts: ShadowPolicyParts) {
    this.#parts = parts;
  }

  async decide(frame: Frame): Promise<Decision> {
    const { model, writer, periodMs } = this.#parts;
    const from = this.#parts.predictions.count;
    writer.offer(frame);
    const last = writer.status.frames - 1;
    // a window is full of one picture after as many repeats; more of them change nothing
    const firstRepeat = Math.max(from, last - model.picturesToFill);
    for (let slot = firstRepeat; slot < last; slot += 1) this.#note(slot, await model.repeat(slot * periodMs));
    const decision = await model.decide({ ...frame, capturedAtMs: Math.max(0, last) * periodMs });
    this.#note(last, decision);
    return { ...decision, held: NONE_HELD };
  }

  reset(): void {
    // the window goes on: what falls between fights is left out when they are scored
  }

  [Symbol.asyncDispose](): PromiseLike<void> {
    return this.#parts.model[Symbol.asyncDispose]();
  }

  #note(frame: number, decision: Decision | null): void {
    if (decision === null || frame < 0) return;
    if (decision.ready) this.#parts.predictions.set(frame, decision.probabilities);
    this.#parts.onAnswer({ frame, decision });
  }
}
