/**
 * The hands on the keyboards of a display while a guard lives: listens to the keys, asks the keyboards themselves once in
 * a while, and looks once more before something is let go of. Decides nothing and presses nothing.
 */
import { NONE_HELD, type HeldActions } from '../../core/action-set.js';
import { UnderstudyError } from '../../core/errors.js';
import { Hands, type HandsListener, type SeenKey } from './hands.js';
import type { Hello } from './protocol.js';

export interface GuardWatchListener {
  readonly onKey: (key: SeenKey) => void;
  /** Nothing is seen any more. */
  readonly onLost: (error: Error) => void;
}

/** A watch that is running. */
export interface GuardWatch {
  /** Takes what has arrived. */
  poll(): void;
  /** Takes everything that has happened by now, though it has not arrived. */
  catchUp(): void;
  /** Catches up and runs `act`; no other program can press a key in between. Not to be nested. */
  alone(act: () => void): void;
  /** Keycodes that keyboards, not programs, hold down; null where that cannot be asked. */
  inHands(): readonly number[] | null;
}

export interface HandsEnvironment {
  /** Rejects with UnderstudyError where nothing can be watched. */
  openWatch(hello: Hello, listener: GuardWatchListener): Promise<GuardWatch>;
  nowMs(): number;
  after(delayMs: number, callback: () => void): void;
}

export interface WatchedHandsListener extends HandsListener {
  /** The display is gone, or looking at it failed. */
  onFailed(error: unknown): void;
}

/** How often the hands are asked of the keyboards while any is on a key, ms: one may have been unplugged. */
const CORRECT_EVERY_MS = 1000;

export class WatchedHands {
  readonly #around: HandsEnvironment;
  readonly #listener: WatchedHandsListener;
  readonly #hands: Hands;
  #watch: GuardWatch | null = null;
  #correcting = false;
  #alone = false;

  constructor(hello: Pick<Hello, 'keys' | 'watch'>, around: HandsEnvironment, listener: WatchedHandsListener) {
    this.#around = around;
    this.#listener = listener;
    this.#hands = new Hands(hello, listener);
  }

  /** Starts listening. @returns what has to be done without, for people */
  async open(hello: Hello): Promise<string[]> {
    if (hello.watch === null) return [];
    try {
      this.#watch = await this.#around.openWatch(hello, {
        onKey: (key) => this.#hands.see(key),
        onLost: (error) => this.#listener.onFailed(error),
      });
      const inHands = this.#watch.inHands();
      if (inHands === null) return ["a person's keys cannot be told from the agent's here: there is no takeover"];
      this.#hands.correct(inHands, this.#around.nowMs());
      return [];
    } catch (error) {
      if (!(error instanceof UnderstudyError)) throw error;
      return [`no key is watched, so there is no takeover and no hot key: ${error.message}`];
    }
  }

  /** The mapped keys in hands, as far as was looked. */
  get held(): HeldActions {
    return this.#hands.held;
  }

  /** As {@link GuardWatch.poll}. */
  poll(): void {
    this.#watch?.poll();
  }

  /** As {@link GuardWatch.catchUp}. */
  catchUp(): void {
    this.#watch?.catchUp();
  }

  /** As {@link GuardWatch.alone}; inside of another it is part of that. `act` runs even where nothing is watched. */
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

  /** Asks the keyboards once a second from now on, as long as a hand is on a key. */
  keepCorrect(): void {
    if (this.#correcting || this.#watch === null || this.held === NONE_HELD) return;
    this.#correcting = true;
    this.#around.after(CORRECT_EVERY_MS, () => {
      this.#correcting = false;
      try {
        this.poll();
        const inHands = this.#watch?.inHands() ?? null;
        if (inHands !== null) this.#hands.correct(inHands, this.#around.nowMs());
        this.keepCorrect();
      } catch (error) {
        this.#listener.onFailed(error);
      }
    });
  }
}
