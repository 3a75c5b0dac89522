/** What the guard presses with. One implementation a way of pressing; chosen once, at hello. */
import type { HeldActions } from '../../core/actions.js';

export interface KeyInjector {
  /**
   * Sends one press or release of key `index` (as in hello), in the order of the calls. May throw at once, or later
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
  /** Resolves when everything sent has reached the system; rejects if something could not be sent. */
  settle(): Promise<void>;
  close(): void;
}
