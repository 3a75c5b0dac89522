/** Watching the keys of a desktop: what is seen of each key, and what a running watch can be asked. Types only. */
import type { KeyInjector } from './key-injector.js';

/** Named as in `--keys-from`: X Input 2, the low-level hook of Windows, or the hook of uiohook-napi. */
export type KeySourceKind = 'xi2' | 'windows-hook' | 'uiohook';

/** A key of a keyboard, or a mouse button. */
export interface PhysicalKey {
  /** The layout's keycode; for a hook, the hook's own number. */
  readonly keycode: number;
  /** Keysym name without modifiers, "f", or the name of a mouse button; null for a key without one. */
  readonly keysym: string | null;
}

/** One key going down or up; a held key does not repeat. */
export interface KeyObservation extends PhysicalKey {
  readonly down: boolean;
  /** True where a program sent it, false where a keyboard did (a person). Null where the watch (a hook) cannot know. */
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
  /** Called once when keys cannot be seen any more (the display is gone); no key is observed after it. */
  readonly onLost?: ((error: Error) => void) | undefined;
}

export interface KeyWatchRequest extends KeyWatchListener {
  /** What watches. Default: the desktop's best. */
  readonly from?: KeySourceKind | undefined;
  /**
   * An injector of this desktop that sends keys at the same time. Where possible, the watch listens on its connection:
   * what the server saw before a release has then arrived before the release is sent.
   */
  readonly beside?: KeyInjector | undefined;
  /** How often the watch looks for events, ms. Delays the calls, not the times in them. Default 10. */
  readonly pollMs?: number | undefined;
}

/** A watch that is running; dispose it to stop. */
export interface KeyWatch extends Disposable {
  /** Takes what has arrived now, without waiting for the next look. */
  poll(): void;
  /** Takes everything that the system has seen by now: one round trip. For a hook as {@link poll}. */
  catchUp(): void;
  /**
   * Catches up and runs `act`. Where it listens on the connection of an injector, no other program can press a key in
   * between. Not to be nested.
   */
  alone(act: () => void): void;
  /** The keys that are down now, whatever holds them; a hook knows only those that went down while it watched. */
  keysDown(): readonly PhysicalKey[];
  /** Keycodes that keyboards, not programs, hold down now; null where the two cannot be distinguished. */
  inHands(): readonly number[] | null;
}
