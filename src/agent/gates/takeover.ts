/**
 * A person's hand goes first. Told which mapped keys are in hands, it has the agent taken over at once, and hands back
 * once every key has been let go of and it has been quiet for a while. A resume, by key or from elsewhere, needs no
 * quiet, only free keys.
 */
import { NONE_HELD, type ActionSet, type HeldActions } from '../../core/action-set.js';
import type { Arming } from '../arming.js';
import type { Gate } from '../gate.js';

export interface TakeoverOptions {
  readonly arming: Arming;
  /** What the mapped keys stand for. */
  readonly actions: ActionSet;
  /** Monotonic clock, ms. */
  readonly nowMs: () => number;
  /** Quiet after the last key of the person's, ms. */
  readonly resumeAfterMs: number;
}

export class TakeoverGate implements Gate {
  readonly name = 'takeover';
  readonly #options: TakeoverOptions;
  #hands: HeldActions = NONE_HELD;
  #lastAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: TakeoverOptions) {
    this.#options = options;
  }

  /** The mapped keys in hands have changed: all that are, now. */
  handsHold(hands: HeldActions): void {
    const pressed = hands & ~this.#hands;
    this.#hands = hands;
    this.#lastAtMs = this.#options.nowMs();
    const { arming, actions } = this.#options;
    if (pressed !== NONE_HELD) arming.takeOver(`a person pressed ${actions.heldNames(pressed).join(', ')}`);
  }

  closedBecause(): string | null {
    const { arming, actions, nowMs, resumeAfterMs } = this.#options;
    if (this.#hands !== NONE_HELD) {
      const held = actions.heldNames(this.#hands).join(', ');
      arming.takeOver(`a person holds ${held}`);
      return `a person holds ${held}`;
    }
    if (arming.state === 'taken-over' && nowMs() - this.#lastAtMs >= resumeAfterMs) arming.handBack();
    return null; // the arming itself says the rest
  }
}
