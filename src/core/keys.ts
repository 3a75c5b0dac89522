/** Where held actions go. The loop knows only this; what presses, and the guard behind it, live in src/keyboard. */
import type { HeldActions } from './action-set.js';

/** Why everything was let go of. */
export type ReleaseReason =
  | 'end' // the run is over
  | 'signal' // SIGINT, SIGTERM, SIGHUP
  | 'fault' // an exception in the daemon
  | 'late' // too many late ticks in a row
  | 'starved' // no fresh frame for as long as the lease
  | 'gated' // a gate closed: focus lost, a black picture
  | 'takeover' // a person pressed a mapped key
  | 'panic' // the panic key
  | 'paused' // the pause key, or an order to pause
  | 'disarmed' // an order to disarm
  | 'lease' // the guard: nobody renewed in time
  | 'orphaned'; // the guard: the daemon is gone

/** Presses and releases. Sends only edges, and renews the lease of what it holds. */
export interface KeySink extends AsyncDisposable {
  /** Makes `held` what is held: sends the edges from what was, and renews the lease. */
  apply(held: HeldActions): void;
  /** Renews the lease of what is held, changing nothing: a late tick does this, a starved or gated one does not. */
  renew(): void;
  /** Lets go of everything. Idempotent and synchronous: when it returns the release is on its way. Never gated. */
  releaseAll(reason: ReleaseReason): void;
  /** Everything currently held by this sink. */
  readonly held: HeldActions;
  /** Presses and releases sent so far, releases by the guard included; final after disposal. */
  readonly edgesSent: number;
}
