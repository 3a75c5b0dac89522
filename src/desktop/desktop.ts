/**
 * The seam to a platform: everything that the agent sees, presses and listens to lies on one desktop, and this is what it
 * asks of it. One folder beside this file a platform; only choose.ts knows which there are. Contracts alone, no code of
 * a platform.
 */
import type { GameWindow, WindowInfo } from '../capture/game-window.js';
import type { Check } from '../system/check.js';
import type { WindowFaultActs } from './fault-acts.js';
import type { InjectorKind, KeyInjector, NamedKey } from './key-injector.js';
import type { KeyLayout } from './key-layout.js';
import type { KeySourceKind, KeyWatch, KeyWatchRequest } from './key-watch.js';

declare const isDesktopId: unique symbol;

/**
 * Names one desktop in all processes of this machine: `openDesktop` of choose.ts opens it again from this. Every other
 * file passes it on and reads nothing in it.
 */
export type DesktopId = string & { readonly [isDesktopId]: true };

/** A window that was chosen, and the desktop that it is on. */
export interface DesktopWindow extends GameWindow {
  readonly desktop: Desktop;
}

/** What a release of keys that may be anybody's came to. */
export interface ReleaseResult {
  /** Names of the keys that were down and are up now. */
  readonly released: readonly string[];
  /** Names of the keys that are still down: a person, or another device than the one that keys are sent through, holds them. */
  readonly stillDown: readonly string[];
}

/** What a release of keys that may be anybody's can be decided by. */
export interface ReleaseState {
  /** Valid during the release. */
  readonly layout: KeyLayout;
  /** The process id of the guard that has the right to press; null where none has. */
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
  /** A window by its number, though no list has it (a menu); null where there is none. Throws as {@link listWindows}. */
  windowInfo(id: number): WindowInfo | null;
  /** Follows a window; null when it is gone. The caller disposes it. Throws as {@link listWindows}. */
  openWindow(id: number): DesktopWindow | null;
}

/** The keys of a desktop: what presses them, what watches them, and who may. */
export interface DesktopKeys {
  /** What presses where nothing else is asked for, and why: "XTEST, the default on X11". */
  readonly preferredInjector: { readonly kind: InjectorKind; readonly why: string };
  /**
   * Opens what presses `keys`. For the key guard, and for a release in its place; the caller closes it.
   *
   * @throws UnderstudyError `no-display`, `keyboard-failed`, `key-unreachable`, `package-missing`, `x11-failed`
   */
  openInjector(kind: InjectorKind, keys: readonly NamedKey[]): Promise<KeyInjector>;
  /**
   * The keyboard layout as it is now. The caller disposes it.
   *
   * @throws UnderstudyError `no-display`, `wayland`, `package-missing`
   */
  openLayout(): KeyLayout & Disposable;
  /** What can watch the keys here, best first. */
  readonly keySources: readonly [KeySourceKind, ...KeySourceKind[]];
  /** Whether the best of them tells a person's keys from a program's. */
  readonly tellsHands: boolean;
  /**
   * Starts watching every key. Events of the past are not seen. A watch alone keeps no process alive.
   *
   * @throws UnderstudyError `no-display`, `wayland`, `keyboard-failed`, `package-missing`, `bad-option` for a source that
   *   this desktop lacks
   */
  watchKeys(request: KeyWatchRequest): Promise<KeyWatch>;
  /** @throws UnderstudyError `no-human-device` where there is no keyboard that a person could play on */
  requireHumanDevice(): void;
  /**
   * Takes the right to press for this process, until it ends; waits a second at most for one that is just ending.
   *
   * @param agentPid the process that a person would end to free the desktop
   * @returns false where there is no such right: another agent may press here too
   * @throws UnderstudyError `keyboard-busy`, naming the processes that have it; `no-display`, `x11-failed`
   */
  lock(agentPid: number): Promise<boolean>;
  /**
   * Releases those of the keys that a program left down. A key that is in a person's hand too is left to the hand. For
   * who knows that no agent presses them any more.
   *
   * @returns keycodes of the released keys: at once where the desktop can, and then it has handled the releases; else a
   *   promise
   * @throws UnderstudyError `no-display`, `x11-failed`, `keyboard-failed`
   */
  releaseLeftovers(keys: readonly NamedKey[]): ReadonlySet<number> | Promise<ReadonlySet<number>>;
  /**
   * Releases the wanted keys, hands left alone, or every key that the desktop shows down, whatever holds it.
   *
   * @param wanted says which, once the desktop can be asked; what it throws ends the release
   * @throws UnderstudyError `no-display`, `x11-failed`, `keyboard-failed`
   */
  releaseDown(wanted: (state: ReleaseState) => readonly number[] | 'all'): ReleaseResult;
}

/** One desktop: an X display, or the only one of a platform. Opens nothing before it is asked for something. */
export interface Desktop extends DesktopWindows, DesktopKeys {
  readonly id: DesktopId;
  /** For people, and for notes on disk: ":7". */
  readonly name: string;
  /** True for each name of this desktop: "unix:7.0" is ":7". */
  isNamed(name: string): boolean;
  /** What a child process needs in its environment to be on this desktop. */
  readonly environment: Readonly<Record<string, string>>;
  /**
   * What the doctor looks at.
   *
   * @param ofKeys judges the keys; called only where the layout can be asked
   */
  checks(ofKeys: (layout: KeyLayout) => readonly Check[]): Check[];
  /**
   * What `--fault` can do to a window and to the desktop itself; absent where nothing. The caller disposes it.
   *
   * @param keycodes the mapped keys, which a simulated person presses in turn
   */
  openFaultActs?(window: WindowInfo, keycodes: readonly number[]): WindowFaultActs;
}
