/**
 * The interface to a platform: everything that the agent sees, presses and listens to is on one desktop. Each platform
 * has a folder beside this file; only choose.ts knows which there are. Types only, no code of a platform.
 */
import type { GameWindow, WindowInfo } from '../capture/game-window.js';
import type { Check } from '../system/check.js';
import type { WindowFaultActs } from './fault-acts.js';
import type { InjectorKind, KeyInjector, NamedKey } from './key-injector.js';
import type { KeyLayout } from './key-layout.js';
import type { KeyMeaning } from './key-meaning.js';
import type { KeySourceKind, KeyWatch, KeyWatchRequest } from './key-watch.js';
import type { OwnWindow } from './own-window.js';

declare const isDesktopId: unique symbol;

/**
 * Names one desktop in all processes of this machine: `openDesktop` of choose.ts opens it from this. Every other file
 * passes it on without reading it.
 */
export type DesktopId = string & { readonly [isDesktopId]: true };

/** A window that was chosen, and the desktop that it is on. */
export interface DesktopWindow extends GameWindow {
  readonly desktop: Desktop;
}

/** The result of {@link DesktopKeys.releaseDown}. */
export interface ReleaseResult {
  /** Names of the keys that were down and are up now. */
  readonly released: readonly string[];
  /** Names of the keys that are still down: held by a person, or by a device other than the one that sends keys. */
  readonly stillDown: readonly string[];
}

/** What {@link DesktopKeys.releaseDown} gives the caller to choose the keys with. */
export interface ReleaseState {
  /** Valid during the release. */
  readonly layout: KeyLayout;
  /** The process id of the guard that holds the lock; null where none does. */
  readonly lockOwner: number | null;
}

/** The windows of a desktop. */
export interface DesktopWindows {
  /**
   * Every window that a game could be.
   *
   * @throws UnderstudyError `no-display`, `wayland`, `package-missing`, `x11-failed`, `capture-failed`
   */
  listWindows(): WindowInfo[];
  /** A window by its number, even one that is not listed (a menu); null where there is none. Throws as {@link listWindows}. */
  windowInfo(id: number): WindowInfo | null;
  /** Follows a window; null when it is gone. The caller disposes it. Throws as {@link listWindows}. */
  openWindow(id: number): DesktopWindow | null;
}

/** The keys of a desktop: what presses them, what watches them, and who may press. */
export interface DesktopKeys {
  /** The injector that is used by default, and why: "XTEST, the default on X11". */
  readonly preferredInjector: { readonly kind: InjectorKind; readonly why: string };
  /** Every injector that there is here. */
  readonly injectors: readonly InjectorKind[];
  /**
   * Opens an injector for `keys`. For the key guard, and for a release in its place; the caller closes it.
   *
   * @param gameWindow the only window that mouse buttons may be pressed in; null: none, and no button is pressed
   * @throws UnderstudyError `no-display`, `keyboard-failed`, `key-unreachable`, `package-missing`, `x11-failed`
   */
  openInjector(kind: InjectorKind, keys: readonly NamedKey[], gameWindow: number | null): Promise<KeyInjector>;
  /**
   * The keyboard layout as it is now. The caller disposes it.
   *
   * @throws UnderstudyError `no-display`, `wayland`, `package-missing`
   */
  openLayout(): KeyLayout & Disposable;
  /**
   * Follows what the keys mean to other programs, from now on; absent where that cannot be asked. The caller disposes it.
   *
   * @throws UnderstudyError `no-display`, `x11-failed`
   */
  openKeyMeaning?(keys: readonly NamedKey[]): KeyMeaning;
  /** What can watch the keys here, best first. */
  readonly keySources: readonly [KeySourceKind, ...KeySourceKind[]];
  /** True where the best of them distinguishes a person's keys from a program's. */
  readonly tellsHands: boolean;
  /**
   * Starts watching every key. Earlier events are not seen. A watch alone does not keep the process running.
   *
   * @throws UnderstudyError `no-display`, `wayland`, `keyboard-failed`, `package-missing`, `bad-option` for a source
   *   that this desktop lacks
   */
  watchKeys(request: KeyWatchRequest): Promise<KeyWatch>;
  /** @throws UnderstudyError `no-human-device` where there is no keyboard that a person could play on */
  requireHumanDevice(): void;
  /**
   * Locks the keys of this desktop for this process until it ends. Waits at most a second for another guard to end.
   *
   * @param agentPid the process that a person would end to free the desktop
   * @returns false where this desktop has no such lock: another agent may press here too
   * @throws UnderstudyError `keyboard-busy`, naming the processes that hold it; `no-display`, `x11-failed`
   */
  lock(agentPid: number): Promise<boolean>;
  /**
   * Releases those of the keys that a program left down. A key that a person holds too stays down. Only for callers
   * that know that no agent presses these keys any more.
   *
   * @returns keycodes of the released keys: at once where the desktop can, and then it has handled the releases;
   *   otherwise a promise
   * @throws UnderstudyError `no-display`, `x11-failed`, `keyboard-failed`
   */
  releaseLeftovers(keys: readonly NamedKey[]): ReadonlySet<number> | Promise<ReadonlySet<number>>;
  /**
   * Releases the wanted keys except those in a person's hand, or every key that is down, whatever holds it.
   *
   * @param wanted chooses the keys, once the desktop can be asked; an error that it throws ends the release
   * @throws UnderstudyError `no-display`, `x11-failed`, `keyboard-failed`
   */
  releaseDown(wanted: (state: ReleaseState) => readonly number[] | 'all'): ReleaseResult;
}

/** One desktop: an X display, or the only desktop of another platform. Opens nothing before its first use. */
export interface Desktop extends DesktopWindows, DesktopKeys {
  readonly id: DesktopId;
  /** For messages, and for notes on disk: ":7". */
  readonly name: string;
  /** True for each name of this desktop: "unix:7.0" is ":7". */
  isNamed(name: string): boolean;
  /** What a child process needs in its environment to be on this desktop. */
  readonly environment: Readonly<Record<string, string>>;
  /**
   * The checks of `understudy doctor`.
   *
   * @param ofKeys checks the keys; called only where the layout can be asked
   */
  checks(ofKeys: (layout: KeyLayout) => readonly Check[]): Check[];
  /**
   * Opens a window of this program, to try the desktop on; absent where that cannot be done. The caller disposes it.
   *
   * @throws UnderstudyError `no-display`, `x11-failed`, `capture-failed`
   */
  openOwnWindow?(title: string): OwnWindow;
  /**
   * The faults that `--fault` can cause on a window and the desktop; absent where there are none. The caller disposes
   * it.
   *
   * @param keycodes the mapped keys, which a simulated person presses in turn
   */
  openFaultActs?(window: WindowInfo, keycodes: readonly number[]): WindowFaultActs;
}
