/**
 * Whether the agent is meant to act, and who last said so: hot keys, the control socket, the live page, a person's keys
 * and the key guard all change this one state machine, and the loop asks its gate. Presses and releases nothing itself:
 * a part that must release keys at once listens with {@link Arming.onChange}.
 */
import { messageOf } from '../core/errors.js';
import type { Gate } from './gate.js';

/**
 * - `armed`: it may act, if every other gate is open too.
 * - `disarmed`: it waits for an order to arm (`--armed no`, `disarm`, a lost key guard).
 * - `paused`: it waits for a resume or an order to arm.
 * - `taken-over`: a person plays; the agent takes back after some seconds without a key, or at a resume.
 * - `panicked`: the panic key; only an order to arm ends it.
 */
export const ARMING_STATES = ['armed', 'disarmed', 'paused', 'taken-over', 'panicked'] as const;
export type ArmingState = (typeof ARMING_STATES)[number];

/** What caused a change: the start options, a hot key, the control socket, the live page, a person, the key guard. */
export type ArmingSource = 'start' | 'key' | 'control' | 'page' | 'human' | 'guard';

export interface ArmingStatus {
  readonly state: ArmingState;
  /** For people: "the panic key F12 was pressed"; null while armed. */
  readonly reason: string | null;
  readonly by: ArmingSource;
  /** Monotonic clock, ms, when this state began. */
  readonly sinceMs: number;
}

export type ArmingListener = (status: ArmingStatus, before: ArmingStatus) => void;

export interface ArmingOptions {
  /** Monotonic clock, ms. */
  readonly nowMs: () => number;
  /** Default true. */
  readonly armed?: boolean;
  /** Receives the message of a listener that threw; the others are still called. Default: a process warning. */
  readonly onListenerError?: (message: string) => void;
}

export class Arming {
  readonly #nowMs: () => number;
  readonly #onListenerError: (message: string) => void;
  readonly #listeners = new Set<ArmingListener>();
  #status: ArmingStatus;

  constructor({ nowMs, armed = true, onListenerError = warn }: ArmingOptions) {
    this.#nowMs = nowMs;
    this.#onListenerError = onListenerError;
    const reason = armed ? null : 'it was started disarmed';
    this.#status = { state: armed ? 'armed' : 'disarmed', reason, by: 'start', sinceMs: nowMs() };
  }

  get status(): ArmingStatus {
    return this.#status;
  }

  get state(): ArmingState {
    return this.#status.state;
  }

  /** From any state. @returns false where it was armed already */
  arm(by: ArmingSource = 'control'): boolean {
    return this.#become('armed', null, by);
  }

  /** From any state; a panic stays one. @returns false where nothing changed */
  disarm(reason: string, by: ArmingSource = 'control'): boolean {
    if (this.state === 'panicked') return false;
    return this.#become('disarmed', reason, by);
  }

  /** Armed or taken over -> paused. @returns false in every other state: those wait for more than a resume */
  pause(by: ArmingSource = 'control', reason = 'it was paused'): boolean {
    if (this.state !== 'armed' && this.state !== 'taken-over') return false;
    return this.#become('paused', reason, by);
  }

  /** Paused or taken over -> armed. @returns false in every other state: disarmed and panicked need {@link arm} */
  resume(by: ArmingSource = 'control'): boolean {
    if (this.state !== 'paused' && this.state !== 'taken-over') return false;
    return this.#become('armed', null, by);
  }

  /** Armed -> taken over: a person plays. @returns false in every other state, where it does not act anyway */
  takeOver(reason: string): boolean {
    return this.state === 'armed' && this.#become('taken-over', reason, 'human');
  }

  /** Taken over -> armed: the person has been quiet. @returns false in every other state */
  handBack(): boolean {
    return this.state === 'taken-over' && this.#become('armed', null, 'human');
  }

  /** From any state. @returns false where it had panicked already */
  panic(reason: string, by: ArmingSource = 'key'): boolean {
    return this.#become('panicked', reason, by);
  }

  /**
   * Calls `listener` after each change, synchronously, in the order of registration.
   *
   * @returns removes the listener
   */
  onChange(listener: ArmingListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /**
   * The gate of one loop. It is closed in every state but armed, and for one more check when the agent was stopped and
   * armed again since the last one: what was decided before a stop must not be pressed after it.
   */
  gate(): Gate {
    let missed: ArmingStatus | null = null;
    this.onChange((status) => {
      if (status.state !== 'armed') missed = status;
    });
    return {
      name: 'arming',
      closedBecause: () => {
        const status = this.#status.state === 'armed' ? missed : this.#status;
        missed = null;
        return status === null ? null : `${status.state}, ${status.reason ?? 'no reason given'}`;
      },
    };
  }

  #become(state: ArmingState, reason: string | null, by: ArmingSource): boolean {
    const before = this.#status;
    if (before.state === state) return false;
    const status: ArmingStatus = { state, reason, by, sinceMs: this.#nowMs() };
    this.#status = status;
    for (const listener of [...this.#listeners]) {
      try {
        listener(status, before);
      } catch (error) {
        this.#onListenerError(messageOf(error));
      }
    }
    return true;
  }
}

function warn(message: string): void {
  process.emitWarning(`A listener to the agent's arming threw: ${message}`, {
    type: 'UnderstudyWarning',
    code: 'ARMING_LISTENER_THREW',
  });
}
