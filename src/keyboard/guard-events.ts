/** What the sink of real keys tells of its guard: what a run's log, its status line and its arming want to know. */
import type { HeldActions } from '../core/action-set.js';
import type { ReleaseReason } from '../core/keys.js';
import type { RefusalReason } from './guard/protocol.js';

/**
 * Delivered in order, in a microtask: never from inside a call to the sink, and never before the keys of which it tells
 * have been let go of. Times of the machine's monotonic clock (`process.hrtime`).
 */
export type GuardEvent =
  | {
      readonly kind: 'released';
      /** `daemon`: asked for with releaseAll. `guard`: its own doing. `recovery`: by the daemon, the guard being lost. */
      readonly by: 'daemon' | 'guard' | 'recovery';
      readonly reason: ReleaseReason;
      /** Key names; those that were down. */
      readonly keys: readonly string[];
      /** The same as actions. */
      readonly held: HeldActions;
      /**
       * `guard`: ms since it last heard from the daemon, or since the key that stopped it; else ms from the request, or
       * the loss, to the release.
       */
      readonly afterMs: number;
    }
  /** The guard let go, because of `key`, and presses nothing until the sink's `resume()`. */
  | { readonly kind: 'stopped'; readonly why: 'takeover' | 'panic' | 'paused'; readonly key: string }
  /** The arm key was pressed. */
  | { readonly kind: 'arm-key'; readonly key: string }
  /** The mapped keys in a person's hands have changed: all that are. */
  | { readonly kind: 'hands'; readonly hands: HeldActions; readonly atMs: number }
  /** A bound keeps wanted keys up; once until they are no longer wanted. */
  | { readonly kind: 'refused'; readonly reason: RefusalReason; readonly keys: readonly string[] }
  /** The guard is lost and is started again; nothing is pressed before `restarted` and the sink's `resume()`. */
  | { readonly kind: 'lost'; readonly message: string }
  | { readonly kind: 'restarted'; readonly guardPid: number; readonly attempt: number }
  /** The guard is lost for good, and the sink presses nothing any more. What the recovery released is told next. */
  | { readonly kind: 'fault'; readonly message: string }
  /** Something that it has to do without. */
  | { readonly kind: 'warning'; readonly message: string };

/**
 * Delivers events to a listener that may throw: the keys must not depend on it, so it is heard from a stack of its own,
 * and a throw becomes a process warning.
 */
export function toldApart(listener: ((event: GuardEvent) => void) | undefined): (event: GuardEvent) => void {
  if (listener === undefined) return () => undefined;
  return (event) =>
    queueMicrotask(() => {
      try {
        listener(event);
      } catch (error) {
        const thrown = error instanceof Error ? (error.stack ?? error.message) : String(error);
        process.emitWarning(`The listener of the key guard threw at '${event.kind}': ${thrown}`, {
          type: 'UnderstudyWarning',
          code: 'GUARD_LISTENER_THREW',
        });
      }
    });
}
