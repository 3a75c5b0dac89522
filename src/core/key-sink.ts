/** The interface through which the loop presses keys. Its implementations, and the key guard, are in src/keyboard. */
import type { HeldActions } from './action-set.js';

/** Why all keys were released. */
export type ReleaseReason =
  | 'end' // the run is over
  | 'signal' // SIGINT, SIGTERM, SIGHUP
  | 'fault' // an exception in the daemon
  | 'late' // too many late ticks in a row
  | 'starved' // no fresh frame for as long as the lease
  | 'gated' // a gate closed: focus lost, a black picture
  | 'takeover' // a person pressed a mapped key
  | 'panic' // the panic key
  | 'paused' // the pause key, or a command to pause
  | 'disarmed' // a command to disarm
  | 'lease' // the guard: the lease was not renewed in time
  | 'orphaned'; // the guard: the daemon is gone

/** Presses and releases keys. Sends only edges, and renews the lease of what it holds. */
export interface KeySink extends AsyncDisposable {
  /** Holds exactly `held` from now on: sends the edges that lead there, and renews the lease. */
  apply(held: HeldActions): void;
  /** Renews the lease of what is held, changing nothing: a late tick does this, a starved or gated one does not. */
  renew(): void;
  /** Releases everything. Idempotent and synchronous: when it returns, the release has been sent. Never gated. */
  releaseAll(reason: ReleaseReason): void;
  /** What this sink holds now. */
  readonly held: HeldActions;
  /** Presses and releases sent so far, releases by the guard included; final after disposal. */
  readonly edgesSent: number;
}
