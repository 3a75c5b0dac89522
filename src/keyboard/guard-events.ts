/** What the sink of real keys reports about its guard: for a run's log, its status line and its arming. */
import type { HeldActions } from '../core/action-set.js';
import type { ReleaseReason } from '../core/key-sink.js';
import type { RefusalReason } from './guard/protocol.js';

/**
 * Delivered in sequence, in a microtask: never inside a call to the sink, and never before the keys that it reports
 * have been released. Times are of the machine's monotonic clock (`process.hrtime`).
 */
export type GuardEvent =
  | {
      readonly kind: 'released';
      /** `daemon`: through releaseAll. `guard`: by the guard itself. `recovery`: by the daemon, after the guard was lost. */
      readonly by: 'daemon' | 'guard' | 'recovery';
      readonly reason: ReleaseReason;
      /** Names of the keys that were down. */
      readonly keys: readonly string[];
      /** The same as actions. */
      readonly held: HeldActions;
      /**
       * `guard`: ms since the daemon's last message, or since the key that stopped it; else ms from the request, or
       * from the loss of the guard, to the release.
       */
      readonly afterMs: number;
    }
  /** The guard released everything because of `key`, and presses nothing until the sink's `resume()`. */
  | { readonly kind: 'stopped'; readonly why: 'takeover' | 'panic' | 'paused'; readonly key: string }
  /** The arm key was pressed. */
  | { readonly kind: 'arm-key'; readonly key: string }
  /** The mapped keys in a person's hands have changed: all of them. */
  | { readonly kind: 'hands'; readonly hands: HeldActions; readonly atMs: number }
  /** The modifiers in a person's hands have changed: names of all of them. */
  | { readonly kind: 'modifiers'; readonly keys: readonly string[]; readonly atMs: number }
  /** A limit keeps wanted keys up; reported once until they are no longer wanted. */
  | { readonly kind: 'refused'; readonly reason: RefusalReason; readonly keys: readonly string[] }
  /** The guard was lost and is started again; nothing is pressed before `restarted` and the sink's `resume()`. */
  | { readonly kind: 'lost'; readonly message: string }
  | { readonly kind: 'restarted'; readonly guardPid: number; readonly attempt: number }
  /** The guard is lost for good, and the sink presses nothing any more. What the recovery released is reported next. */
  | { readonly kind: 'fault'; readonly message: string }
  /** Something does not work. */
  | { readonly kind: 'warning'; readonly message: string };

/**
 * Delivers events to a listener that may throw. The keys must not depend on it: it is called in a microtask, and an
 * exception becomes a process warning.
 */
export function deliverLater(listener: ((event: GuardEvent) => void) | undefined): (event: GuardEvent) => void {
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
