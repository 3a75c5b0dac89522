/** What the guard presses keys with. One implementation for each way of pressing; chosen once, at hello. */
import type { HeldActions } from '../core/action-set.js';

/** Named as in `--sink`: the XTEST extension of an X server, SendInput of Windows, or the package nut-js. */
export type InjectorKind = 'xtest' | 'send-input' | 'nut-js';

/** A key that can be pressed: its name, and where it is on the layout. */
export interface NamedKey {
  /** As key-layout.ts has it: a keysym name, a place, or a mouse button. */
  readonly name: string;
  /** {@link NO_KEYCODE} in the place of an action that has no key: such a key is never sent. */
  readonly keycode: number;
}

/** No key of any keyboard: it keeps the places of the other keys. */
export const NO_KEYCODE = -1;

/** Those that are keys. */
export function realKeys<Key extends { readonly keycode: number }>(keys: readonly Key[]): readonly Key[] {
  return keys.filter(({ keycode }) => keycode !== NO_KEYCODE);
}

export interface KeyInjector {
  /**
   * Sends one press or release, in the order of the calls. May throw at once; later failures reject {@link settle}.
   *
   * @param index of the key among those that it was opened with
   */
  send(index: number, down: boolean): void;
  /**
   * The keys that are down according to the system, whatever pressed them; null where it cannot be asked. Pressing a
   * key that a person holds has no effect, and releasing it then also ends the person's press.
   */
  downNow(): HeldActions | null;
  /**
   * Those of the keys whose press would not reach the game now: mouse buttons while the pointer is not on the game window.
   * To be asked right before a press; a release always reaches what got the press.
   */
  outOfReach(keys: HeldActions): HeldActions;
  /** The keys that are down through this way of pressing, held now or left down by an earlier process; null as above. */
  downThroughThis(): HeldActions | null;
  /** Resolves when everything was sent; rejects if something could not be sent. Does not wait for a server. */
  settle(): Promise<void>;
  /**
   * As settle, but resolves only when the system has handled everything. To be used before the process ends: an X
   * server that finds a connection closed drops the requests on it that it has not read yet, including releases (X.Org
   * 21, os/connection.c: ClientReady; seen under load as keys that stayed down).
   */
  drain(): Promise<void>;
  close(): void;
}
