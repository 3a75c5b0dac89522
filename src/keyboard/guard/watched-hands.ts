/**
 * Follows the keys in a person's hands while a guard runs: listens to key events, reads the state of the keyboards once
 * a second, and looks once more before a key is released. Decides nothing and presses nothing.
 */
import { NONE_HELD, type HeldActions } from '../../core/action-set.js';
import { UnderstudyError } from '../../core/errors.js';
import type { KeyWatch } from '../../desktop/key-watch.js';
import { Hands, type HandsListener, type SeenKey } from './hands.js';
import type { Hello } from './protocol.js';

export interface GuardWatchListener {
  readonly onKey: (key: SeenKey) => void;
  /** No key is seen any more. */
  readonly onLost: (error: Error) => void;
}

/** What is used of a running watch. */
export type GuardWatch = Pick<KeyWatch, 'poll' | 'catchUp' | 'alone' | 'inHands'>;

export interface HandsEnvironment {
  /** Rejects with UnderstudyError where keys cannot be watched. */
  openWatch(hello: Hello, listener: GuardWatchListener): Promise<GuardWatch>;
  nowMs(): number;
  after(delayMs: number, callback: () => void): void;
}

export interface WatchedHandsListener extends HandsListener {
  /** The display is gone, or looking at it failed. */
  onFailed(error: unknown): void;
}

/** How often the keyboards are asked while a hand is on a key, ms: a keyboard may have been unplugged. */
const CORRECT_EVERY_MS = 1000;

export class WatchedHands {
  readonly #environment: HandsEnvironment;
  readonly #listener: WatchedHandsListener;
  readonly #hands: Hands;
  #watch: GuardWatch | null = null;
  #correcting = false;
  #alone = false;

  constructor(hello: Pick<Hello, 'keys' | 'watch'>, environment: HandsEnvironment, listener: WatchedHandsListener) {
    this.#environment = environment;
    this.#listener = listener;
    this.#hands = new Hands(hello, listener);
  }

  /** Starts listening. @returns what does not work, as texts for the user */
  async open(hello: Hello): Promise<string[]> {
    if (hello.watch === null) return [];
    try {
      this.#watch = await this.#environment.openWatch(hello, {
        onKey: (key) => this.#hands.see(key),
        onLost: (error) => this.#listener.onFailed(error),
      });
      const inHands = this.#watch.inHands();
      if (inHands === null)
        return ["a person's keys cannot be distinguished from the agent's here: there is no takeover"];
      this.#hands.correct(inHands, this.#environment.nowMs());
      return [];
    } catch (error) {
      if (!(error instanceof UnderstudyError)) throw error;
      return [`no key is watched, so there is no takeover and no hot key: ${error.message}`];
    }
  }

  /** The mapped keys in a person's hands, as of the last look. */
  get held(): HeldActions {
    return this.#hands.held;
  }

  /** Names of the modifiers in a person's hands. */
  get modifiers(): string[] {
    return this.#hands.modifiers;
  }

  /** As {@link GuardWatch.poll}. */
  poll(): void {
    this.#watch?.poll();
  }

  /** As {@link GuardWatch.catchUp}. */
  catchUp(): void {
    this.#watch?.catchUp();
  }

  /** As {@link GuardWatch.alone}; a nested call is part of the outer one. `act` runs even where nothing is watched. */
  alone(act: () => void): void {
    if (this.#watch === null || this.#alone) {
      act();
      return;
    }
    this.#alone = true;
    try {
      this.#watch.alone(act);
    } finally {
      this.#alone = false;
    }
  }

  /** Asks the keyboards once a second from now on, while a hand is on a key. */
  keepCorrect(): void {
    const isFree = this.held === NONE_HELD && this.modifiers.length === 0;
    if (this.#correcting || this.#watch === null || isFree) return;
    this.#correcting = true;
    this.#environment.after(CORRECT_EVERY_MS, () => {
      this.#correcting = false;
      try {
        this.poll();
        const inHands = this.#watch?.inHands() ?? null;
        if (inHands !== null) this.#hands.correct(inHands, this.#environment.nowMs());
        this.keepCorrect();
      } catch (error) {
        this.#listener.onFailed(error);
      }
    });
  }
}
