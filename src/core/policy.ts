/** What a policy answers, and the interface that every policy implements. The loop knows nothing else about models. */
import type { HeldActions } from './action-set.js';
import type { Frame } from './frame.js';

/** The policy's answer to one frame. */
export interface Decision {
  /** What to hold, after thresholds, hysteresis and minimal holds. */
  readonly held: HeldActions;
  /** [K], 0..1, in the order of the run's actions. Owned by the policy, valid until its next `decide()`. 0 until ready. */
  readonly probabilities: Float32Array;
  /** False until the latent window is full; nothing is held until then. */
  readonly ready: boolean;
  /** How long each step took, ms. */
  readonly stageMs: { readonly preprocess: number; readonly encode: number; readonly head: number };
}

/** Turns a frame into held actions; remembers the last T latents and what it holds. */
export interface Policy extends AsyncDisposable {
  /** Throws when the model fails: the loop then releases every key and ends. */
  decide(frame: Frame): Promise<Decision>;
  /** Forgets the latent window and what it holds: at a resume, at the start of an episode, after a gap. */
  reset(): void;
}
