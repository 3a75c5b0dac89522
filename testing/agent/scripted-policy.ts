/** A policy that answers from a list: tests of the loop say what is decided, and when it throws. */
import { ACTION_COUNT, isHeld, NONE_HELD, type HeldActions } from '../../src/core/actions.js';
import type { Decision, Policy } from '../../src/core/decision.js';
import type { Frame } from '../../src/core/frame.js';

/** One answer, or an error that `decide()` throws. */
export type ScriptedAnswer = HeldActions | Error;

export class ScriptedPolicy implements Policy {
  /** Indices of the frames that it was asked about, in order. */
  readonly seen: number[] = [];
  resets = 0;
  isDisposed = false;
  readonly #script: readonly ScriptedAnswer[];
  readonly #beforeAnswer: (frame: Frame) => Promise<void> | void;
  readonly #probabilities = new Float32Array(ACTION_COUNT);

  /**
   * @param script one answer a decision; the last one goes on for ever
   * @param beforeAnswer runs inside each `decide()`: a test makes it slow by moving its clock here
   */
  constructor(script: readonly ScriptedAnswer[], beforeAnswer: (frame: Frame) => Promise<void> | void = () => {}) {
    this.#script = script;
    this.#beforeAnswer = beforeAnswer;
  }

  async decide(frame: Frame): Promise<Decision> {
    const answer = this.#script[Math.min(this.seen.length, this.#script.length - 1)] ?? NONE_HELD;
    this.seen.push(frame.index);
    await this.#beforeAnswer(frame);
    if (answer instanceof Error) throw answer;
    for (let i = 0; i < ACTION_COUNT; i += 1) this.#probabilities[i] = isHeld(answer, i) ? 0.9 : 0.1;
    return {
      held: answer,
      probabilities: this.#probabilities,
      ready: true,
      stageMs: { preprocess: 0, encode: 0, head: 0 },
    };
  }

  reset(): void {
    this.resets += 1;
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.isDisposed = true;
    return Promise.resolve();
  }
}
