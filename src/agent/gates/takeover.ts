/**
 * A person's keys come first, the modifiers (Control, Alt, Super) that are not the game's among them. It is notified of
 * the keys that a person holds: the first press takes the agent over at once, and control goes back once the person has
 * released every key and pressed none for a while. A resume, by key or over the socket, does not wait for that time, only
 * for the keys to be free.
 */
import { NONE_HELD, type ActionSet, type HeldActions } from '../../core/action-set.js';
import type { Arming } from '../arming.js';
import type { Gate } from '../gate.js';

export interface TakeoverOptions {
  readonly arming: Arming;
  /** What the mapped keys stand for. */
  readonly actions: ActionSet;
  /** Monotonic clock, ms. */
  readonly nowMs: () => number;
  /** How long after the person's last key the agent takes back, ms. */
  readonly resumeAfterMs: number;
}

export class TakeoverGate implements Gate {
  readonly name = 'takeover';
  readonly #options: TakeoverOptions;
  #hands: HeldActions = NONE_HELD;
  #modifiers: readonly string[] = [];
  #lastAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: TakeoverOptions) {
    this.#options = options;
  }

  /** The mapped keys that a person holds have changed. @param hands all that are held now */
  handsHold(hands: HeldActions): void {
    const pressed = hands & ~this.#hands;
    this.#hands = hands;
    this.#lastAtMs = this.#options.nowMs();
    const { arming, actions } = this.#options;
    if (pressed !== NONE_HELD) arming.takeOver(`a person pressed ${actions.heldNames(pressed).join(', ')}`);
  }

  /** The modifiers that a person holds have changed. @param names all that are held now */
  modifiersHold(names: readonly string[]): void {
    const pressed = names.filter((name) => !this.#modifiers.includes(name));
    this.#modifiers = names;
    this.#lastAtMs = this.#options.nowMs();
    if (pressed.length > 0) this.#options.arming.takeOver(`a person pressed ${pressed.join(', ')}`);
  }

  closedBecause(): string | null {
    const { arming, actions, nowMs, resumeAfterMs } = this.#options;
    if (this.#hands !== NONE_HELD || this.#modifiers.length > 0) {
      const held = [...actions.heldNames(this.#hands), ...this.#modifiers].join(', ');
      arming.takeOver(`a person holds ${held}`);
      return `a person holds ${held}`;
    }
    if (arming.state === 'taken-over' && nowMs() - this.#lastAtMs >= resumeAfterMs) arming.handBack();
    return null; // the arming's own gate gives the reason
  }
}
