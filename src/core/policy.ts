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
  /**
   * Takes the picture into the latent window without deciding: while the agent may not act, so that it is ready when it
   * may. Call {@link dropHeld} first. Throws as `decide` does.
   *
   * @returns how long each step took, ms
   */
  see(frame: Frame): Promise<Pick<Decision['stageMs'], 'preprocess' | 'encode'>>;
  /** What it decided to hold was released: the next decision starts from nothing held. The latent window stays. */
  dropHeld(): void;
  /** Forgets the latent window and what it holds: at the start of an episode, after a gap in the pictures. */
  reset(): void;
}
