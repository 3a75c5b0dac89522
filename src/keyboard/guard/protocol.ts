/**
 * What the daemon and its key guard say to each other: one JSON object a line, UTF-8, newline at the end.
 *
 *   daemon -> guard  (the guard's standard input)  hello, then set | renew | release in any order, then bye
 *   guard -> daemon  (the guard's descriptor 3)    ready or failed, then done for each message, released at any time,
 *                                                  gone at the end
 *
 * JSON costs 2.2 us a message, written and read (n = 200,000, 2-core machine): nothing to win with a denser form.
 * `seq` counts the daemon's messages from 1; `done` repeats it, so that every count can be tied to a message. `atMs`
 * is the machine's monotonic clock (`monotonicMs` of core/clock.ts), which both processes share.
 * Either side that reads another version, or a line over 16,384 bytes, lets go of the keys and ends.
 */
import type { HeldActions } from '../../core/action-set.js';
import { UnderstudyError } from '../../core/errors.js';
import { jsonLine, jsonValue, LineCutter } from '../../core/json-lines.js';
import type { ReleaseReason } from '../../core/keys.js';
import type { DesktopId } from '../../desktop/desktop.js';
import type { InjectorKind, NamedKey } from '../../desktop/key-injector.js';

export const GUARD_PROTOCOL_VERSION = 3;

/** The longest message, hello, has about 2,000, and 5,000 of 30 keys with long names. */
const MAX_LINE_BYTES = 16_384;

/** The shortest lease, ms: below it, a busy machine's ordinary pauses would look like a hung daemon. */
export const MIN_LEASE_MS = 250;

/** Keys that speak to the agent itself, whoever presses them. */
export const HOT_KEYS = ['panic', 'pause', 'arm'] as const;
export type HotKeyName = (typeof HOT_KEYS)[number];

/** Bounds on what may be held, whatever the daemon asks for (limits.ts). Lists have one entry an action. */
export interface KeyLimits {
  /** The longest that a key stays down at a time, ms; null: as long as it is wanted. */
  readonly maxHoldMs: readonly (number | null)[];
  /** Presses within any second; null: any number. */
  readonly maxPressesPerSecond: readonly (number | null)[];
  /** Sets that are never down together, not all of one: the opposing actions, and what the game forbids. */
  readonly forbidden: readonly HeldActions[];
}

/** Why a wanted key was not pressed, or not for longer. */
export type RefusalReason = 'max-hold' | 'max-presses' | 'forbidden';

/** The first message: everything that the guard must know before it may press. */
export interface Hello {
  readonly type: 'hello';
  readonly version: number;
  readonly sink: InjectorKind;
  /** Whose keys they are: the guard opens it by itself. */
  readonly desktop: DesktopId;
  readonly leaseMs: number;
  /** One an action, 1 to 30. Bit i of a held set is key i. Nothing else can ever be pressed. */
  readonly keys: readonly NamedKey[];
  readonly limits: KeyLimits;
  /** What it listens to besides the daemon; null: nothing. */
  readonly watch: {
    /** Lets go, and waits, when a person presses a mapped key. */
    readonly yieldToHands: boolean;
    readonly hotKeys: readonly { readonly is: HotKeyName; readonly name: string; readonly keycode: number }[];
  } | null;
  /**
   * Counts the stops that the guard made by itself (a hand, the panic key, the pause key): it starts from this one, and a
   * set that carries an older count may let go but not press.
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
  /** Go on holding what is held; presses nothing that was let go of. */
  | { readonly type: 'renew'; readonly seq: number; readonly atMs: number }
  | { readonly type: 'release'; readonly seq: number; readonly reason: ReleaseReason }
  | { readonly type: 'bye'; readonly seq: number };

export type FromGuard =
  /** The sink works and no mapped key is down through it; `edges` counts what had to be let go of for that. */
  | {
      readonly type: 'ready';
      readonly version: number;
      readonly pid: number;
      readonly edges: number;
      /** What it has to do without, for people: no hot keys, no note of the keys. */
      readonly warnings: readonly string[];
    }
  /** The guard cannot go on. It holds nothing any more and ends. Without a code it is `guard-failed`. */
  | { readonly type: 'failed'; readonly message: string; readonly next: string; readonly code?: 'keyboard-busy' }
  /** Message `seq` is done: what is held now, all presses and releases so far, and when the last of them was sent. */
  | {
      readonly type: 'done';
      readonly seq: number;
      readonly held: HeldActions;
      readonly edges: number;
      readonly lastEdgeAtMs: number;
    }
  /** The guard let go by itself. `afterMs`: since the daemon last spoke. `seq`: the last message before it. */
  | {
      readonly type: 'released';
      readonly seq: number;
      readonly reason: ReleaseReason;
      readonly released: HeldActions;
      readonly afterMs: number;
      readonly edges: number;
    }
  /** It stopped by itself and presses nothing until a set carries this epoch. What it let go of is told next to it. */
  | {
      readonly type: 'stopped';
      readonly why: 'takeover' | 'panic' | 'paused';
      readonly key: string;
      readonly epoch: number;
    }
  /** The arm key was pressed; the panic and pause keys are told by `stopped`. */
  | { readonly type: 'arm-key'; readonly key: string }
  /** Mapped keys in a person's hands have changed: all that are, and when. */
  | { readonly type: 'hands'; readonly hands: HeldActions; readonly atMs: number }
  /** Wanted keys that its limits keep up; told once until they are no longer wanted. */
  | { readonly type: 'refused'; readonly reason: RefusalReason; readonly keys: HeldActions }
  /** The answer to bye. `down`: keys that are still down through the sink in spite of everything. */
  | { readonly type: 'gone'; readonly edges: number; readonly down: HeldActions };

/** One message as it goes over the pipe. */
export function encodeMessage(message: ToGuard | FromGuard): string {
  return jsonLine(message);
}

/**
 * Cuts a stream of chunks into messages.
 *
 * @param onMessage called once a whole line has arrived
 * @returns feeds one chunk; throws UnderstudyError `guard-failed` for text that is no message
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
    message: `The key guard's pipe carried ${what}, which is no message of protocol ${GUARD_PROTOCOL_VERSION}.`,
    next: 'Start again; if it happens twice, two versions of understudy are mixed: reinstall.',
  });
}
