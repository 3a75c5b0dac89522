/** An agent that plays while a teacher's keys are recorded. */
import type { ActionSet, HeldActions } from '../../core/action-set.js';
import type { Clock } from '../../core/clock.js';
import { badOption } from '../../core/errors.js';
import type { Frame } from '../../core/frame.js';
import { openPolicy } from '../../policy/model-policy.js';

/** Plays instead of the teacher. */
export interface Hand {
  /** What it decides at a frame is held so many frames later, as in live play; 0: at once. */
  readonly delayFrames: number;
  decide(frame: Frame): Promise<HeldActions>;
  /** Called before each fight. */
  reset(): void;
}

/** @param model folder of its bundle @throws UnderstudyError `bad-option` without one; as openPolicy */
export async function openHand(
  model: string | undefined,
  asked: { readonly actions: ActionSet; readonly rateHz: number },
  clock: Clock,
): Promise<Hand & AsyncDisposable> {
  if (model === undefined) {
    throw badOption(
      '--player agent without --model: no agent is named.',
      'Name the bundle that plays, as in --player agent --model models/arena-gru-512.',
    );
  }
  const policy = await openPolicy({ bundle: model, clock, ...asked });
  return {
    delayFrames: policy.applyDelayTicks,
    decide: async (frame) => (await policy.decide(frame)).held,
    reset: () => policy.reset(),
    [Symbol.asyncDispose]: () => policy[Symbol.asyncDispose](),
  };
}
