/** Watching the keys of a desktop: what is seen of each, and what a running watch can be asked. Contracts alone. */
import type { KeyInjector } from './key-injector.js';

/** By the names of `--keys-from`: X Input 2, or the hook of uiohook-napi. */
export type KeySourceKind = 'xi2' | 'uiohook';

/** A key of a keyboard. */
export interface PhysicalKey {
  /** The layout's keycode; of a watch that cannot tell hands (a hook) a number of its own. */
  readonly keycode: number;
  /** Keysym name without modifiers, "f"; null for a key without one. */
  readonly keysym: string | null;
}

/** One key going down or up; a held key does not repeat. */
export interface KeyObservation extends PhysicalKey {
  readonly down: boolean;
  /** True where a program sent it, false for a keyboard: a person. Null where the watch cannot tell, as a hook cannot. */
  readonly synthetic: boolean | null;
  /** Name of the device that sent it. */
  readonly device: string;
  /** When the system saw it, ms: performance.now()'s clock. */
  readonly atMs: number;
  /** The same moment, ms since 1970. */
  readonly atUnixMs: number;
}

export interface KeyWatchListener {
  readonly onKey: (key: KeyObservation) => void;
  /** Called once when nothing can be seen any more (the display is gone); nothing is observed after it. */
  readonly onLost?: ((error: Error) => void) | undefined;
}

export interface KeyWatchRequest extends KeyWatchListener {
  /** What watches. Default: the desktop's best. */
  readonly from?: KeySourceKind | undefined;
  /**
   * An injector of this desktop, which keys are sent with meanwhile. Where it is possible the watch listens on the same
   * connection: what was seen before a release has then arrived before it is sent.
   */
  readonly beside?: KeyInjector | undefined;
  /** How often is looked for events, ms. Delays the call, not the times in it. Default 10. */
  readonly pollMs?: number | undefined;
}

/** A watch that is running; dispose it to stop. */
export interface KeyWatch extends Disposable {
  /** Takes what has arrived now, without waiting for the next look. */
  poll(): void;
  /** Takes everything that the system has seen by now: one round trip. A hook: as {@link poll}. */
  catchUp(): void;
  /**
   * Catches up and runs `act`. Where it listens beside an injector, no other program can press a key in between. Not to be
   * nested.
   */
  alone(act: () => void): void;
  /** The keys that are down now, whatever holds them; a hook knows only those that went down while it watched. */
  keysDown(): readonly PhysicalKey[];
  /** Keycodes that keyboards, not programs, hold down now; null where the two cannot be told apart. */
  inHands(): readonly number[] | null;
}
