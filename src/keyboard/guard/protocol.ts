/**
 * The messages between the daemon and its key guard: one JSON object a line, UTF-8, newline at the end.
 *
 *   daemon -> guard  (the guard's standard input)  hello, then set | renew | release in any order, then bye
 *   guard -> daemon  (the guard's descriptor 3)    ready or failed, then done for each message, released at any time,
 *                                                  gone at the end
 *
 * JSON costs 2.2 us a message, written and read (n = 200,000, 2-core machine): a denser form would gain nothing.
 * `seq` counts the daemon's messages from 1; `done` repeats it, so that every count can be tied to a message. `atMs`
 * is the machine's monotonic clock (`monotonicMs` of core/clock.ts), which both processes share.
 * A side that reads another version, or a line over 16,384 bytes, makes sure that the keys are released, and ends.
 */
import type { HeldActions } from '../../core/action-set.js';
import { UnderstudyError } from '../../core/errors.js';
import { jsonLine, jsonValue, LineCutter } from '../../core/json-lines.js';
import type { ReleaseReason } from '../../core/key-sink.js';
import type { DesktopId } from '../../desktop/desktop.js';
import type { InjectorKind, NamedKey } from '../../desktop/key-injector.js';

export const GUARD_PROTOCOL_VERSION = 5;

/** The longest message, hello, has about 2,000 bytes, or 5,000 with 30 keys with long names. */
const MAX_LINE_BYTES = 16_384;

/** The shortest lease, ms: below it, a busy machine's ordinary pauses would look like a hung daemon. */
export const MIN_LEASE_MS = 250;

/** Keys that control the agent itself, whether a person or a program presses them. */
export const HOT_KEYS = ['panic', 'pause', 'arm'] as const;
export type HotKeyName = (typeof HOT_KEYS)[number];

/** A key that controls the agent, and where it is on the layout. */
export interface HotKey extends NamedKey {
  readonly is: HotKeyName;
}

/** Limits on what may be held, whatever the daemon asks for (limits.ts). Lists have one entry for each action. */
export interface KeyLimits {
  /** The longest time that a key stays down without a break, ms; null: as long as it is wanted. */
  readonly maxHoldMs: readonly (number | null)[];
  /** Presses within any second; null: any number. */
  readonly maxPressesPerSecond: readonly (number | null)[];
  /** Sets of which never all keys are down together: the opposing actions, and what the game forbids. */
  readonly forbidden: readonly HeldActions[];
}

/** Why a wanted key was not pressed, or not for longer. `pointer-outside`: a mouse button, and not over the game window. */
export type RefusalReason = 'max-hold' | 'max-presses' | 'forbidden' | 'pointer-outside';

/** The first message: everything that the guard must know before it may press. */
export interface Hello {
  readonly type: 'hello';
  readonly version: number;
  readonly sink: InjectorKind;
  /** The desktop whose keys they are: the guard opens it by itself. */
  readonly desktop: DesktopId;
  readonly leaseMs: number;
  /** One for each action, 1 to 30. Bit i of a held set is key i. No other key can ever be pressed. */
  readonly keys: readonly NamedKey[];
  readonly limits: KeyLimits;
  /** The window whose game is played: mouse buttons are pressed only while the pointer is on it. Null: they are not. */
  readonly gameWindow: number | null;
  /** What the guard listens to besides the daemon; null: nothing. */
  readonly watch: {
    /** Releases everything, and waits, when a person presses a mapped key. */
    readonly yieldToHands: boolean;
    readonly hotKeys: readonly HotKey[];
    /** Control, Alt, Super and the like that are not the game's: in a person's hand they change what every key means. */
    readonly modifiers: readonly NamedKey[];
  } | null;
  /**
   * Counts the stops that the guard made by itself (a hand, the panic key, the pause key). The guard counts on from
   * this number; a set with an older number may release keys but not press them.
   */
  readonly epoch: number;
}

export type ToGuard =
  | Hello
  /** Hold exactly these; renews the lease. */
  | {
      readonly type: 'set';
      readonly seq: number;
      readonly atMs: number;
      readonly held: HeldActions;
      readonly epoch: number;
    }
  /** Keep holding what is held; presses nothing that was released. */
  | { readonly type: 'renew'; readonly seq: number; readonly atMs: number }
  | { readonly type: 'release'; readonly seq: number; readonly reason: ReleaseReason }
  | { readonly type: 'bye'; readonly seq: number };

export type FromGuard =
  /** The sink works and no mapped key is down through it; `edges` counts the releases that were needed for that. */
  | {
      readonly type: 'ready';
      readonly version: number;
      readonly pid: number;
      readonly edges: number;
      /** What does not work, as text for the user: no hot keys, no note of the keys. */
      readonly warnings: readonly string[];
    }
  /** The guard cannot continue. It holds nothing any more and ends. Without a code it is `guard-failed`. */
  | { readonly type: 'failed'; readonly message: string; readonly next: string; readonly code?: 'keyboard-busy' }
  /** Message `seq` is done: what is held now, all presses and releases so far, and when the last of them was sent. */
  | {
      readonly type: 'done';
      readonly seq: number;
      readonly held: HeldActions;
      readonly edges: number;
      readonly lastEdgeAtMs: number;
    }
  /** The guard released by itself. `afterMs`: since the daemon's last message. `seq`: the last message before it. */
  | {
      readonly type: 'released';
      readonly seq: number;
      readonly reason: ReleaseReason;
      readonly released: HeldActions;
      readonly afterMs: number;
      readonly edges: number;
    }
  /** It stopped by itself and presses nothing until a set has this epoch. A `released` message says what it released. */
  | {
      readonly type: 'stopped';
      readonly why: 'takeover' | 'panic' | 'paused';
      readonly key: string;
      readonly epoch: number;
    }
  /** The arm key was pressed; the panic and pause keys are reported by `stopped`. */
  | { readonly type: 'arm-key'; readonly key: string }
  /** The mapped keys in a person's hands have changed: all of them, and when. */
  | { readonly type: 'hands'; readonly hands: HeldActions; readonly atMs: number }
  /** The modifiers in a person's hands have changed: names of all of them, and when. */
  | { readonly type: 'modifiers'; readonly keys: readonly string[]; readonly atMs: number }
  /** Wanted keys that its limits keep up; sent once until they are no longer wanted. */
  | { readonly type: 'refused'; readonly reason: RefusalReason; readonly keys: HeldActions }
  /** The answer to bye. `down`: keys that are still down through the sink, although they were released. */
  | { readonly type: 'gone'; readonly edges: number; readonly down: HeldActions };

/** One message as it goes over the pipe. */
export function encodeMessage(message: ToGuard | FromGuard): string {
  return jsonLine(message);
}

/**
 * Cuts a stream of chunks into messages.
 *
 * @param onMessage called once a whole line has arrived
 * @returns takes one chunk; throws UnderstudyError `guard-failed` for text that is not a message
 */
export function messageReader<M extends ToGuard | FromGuard>(onMessage: (message: M) => void): (chunk: Buffer) => void {
  const cutter = new LineCutter(MAX_LINE_BYTES);
  const refuseCut = (isCut: boolean): void => {
    if (isCut) throw notAMessage(`a line of more than ${MAX_LINE_BYTES} bytes`);
  };
  return (chunk) => {
    for (const { text, isCut } of cutter.take(chunk)) {
      refuseCut(isCut);
      if (text !== '') onMessage(parse<M>(text));
    }
    refuseCut(cutter.isCut);
  };
}

function parse<M>(line: string): M {
  const value = jsonValue(line);
  if (typeof value !== 'object' || value === null || !('type' in value)) throw notAMessage(`'${line.slice(0, 80)}'`);
  return value as M;
}

function notAMessage(what: string): UnderstudyError {
  return new UnderstudyError({
    kind: 'environment',
    code: 'guard-failed',
    message: `The key guard's pipe carried ${what}, which is not a message of protocol ${GUARD_PROTOCOL_VERSION}.`,
    next: 'Start again; if it happens twice, two versions of this program are mixed: install it again.',
  });
}
