/** What the guard presses with. One implementation a way of pressing; chosen once, at hello. */
import type { HeldActions } from '../core/action-set.js';

/** By the names of `--sink`: the XTEST extension of an X server, or the package nut-js. */
export type InjectorKind = 'xtest' | 'nut-js';

/** A key that can be pressed: its name, and where it is on the layout. */
export interface NamedKey {
  /** Keysym name. */
  readonly name: string;
  readonly keycode: number;
}

export interface KeyInjector {
  /**
   * Sends one press or release of key `index` of those that it was opened with, in the order of the calls. May throw at once, or later
   * from {@link settle}.
   */
  send(index: number, down: boolean): void;
  /**
   * The keys that the system holds to be down, whoever pressed them; null where it cannot be asked. Pressing a key that
   * a person holds shows as nothing, and releasing it then takes it from the person's hand.
   */
  downNow(): HeldActions | null;
  /** The keys that are down through this way of pressing, left over from an earlier life or held; null as above. */
  downThroughThis(): HeldActions | null;
  /** Resolves when everything sent has left; rejects if something could not be sent. Waits for no server. */
  settle(): Promise<void>;
  /**
   * As settle, and the system has handled it all. Before the process ends, and only then: an X server that finds a
   * connection closed drops the requests on it that it has not read yet, releases among them (X.Org 21, os/connection.c:
   * ClientReady; seen under load as keys that stayed down).
   */
  drain(): Promise<void>;
  close(): void;
}
