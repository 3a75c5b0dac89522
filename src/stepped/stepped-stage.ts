/** A stepped game as the loop sees a game: pictures come, keys go. Each new picture lets the game run for one period. */
import { NONE_HELD, type HeldActions } from '../core/action-set.js';
import type { Clock } from '../core/clock.js';
import type { Frame, FrameSource } from '../core/frame.js';
import type { KeySink } from '../core/key-sink.js';
import type { Picture, Stepped, SteppedGame } from './stepped-game.js';

export class SteppedStage implements FrameSource, KeySink {
  readonly #game: SteppedGame;
  readonly #clock: Clock;
  readonly #seed: number;
  readonly #onStep: (stepped: Stepped) => void;
  #pictureAtMs: number | null = null;
  #held: HeldActions = NONE_HELD;
  /** Held from the last picture on. What is applied at the next deadline comes before its picture, and does not count yet. */
  #inPeriod: HeldActions = NONE_HELD;
  #outcome: string | null = null;
  #edgesSent = 0;
  #pictures = 0;

  /** @param clock a virtual one, on which the loop runs @param onStep called after each period, before its picture is used */
  constructor(game: SteppedGame, clock: Clock, seed: number, onStep: (stepped: Stepped) => void) {
    this.#game = game;
    this.#clock = clock;
    this.#seed = seed;
    this.#onStep = onStep;
  }

  /** Null until the fight is over. */
  get outcome(): string | null {
    return this.#outcome;
  }

  async next(): Promise<Frame> {
    const nowMs = this.#clock.nowMs();
    const picture = this.#pictureAtMs === null ? (await this.#game.reset(this.#seed)).picture : await this.#step();
    this.#pictureAtMs = nowMs;
    this.#inPeriod = this.#held;
    const index = this.#pictures;
    this.#pictures += 1;
    return { ...picture, index, capturedAtMs: nowMs, capturedAtUnixMs: 0, repeated: false, stale: false };
  }

  async #step(): Promise<Picture> {
    const stepped = await this.#game.step(this.#inPeriod);
    this.#outcome = stepped.outcome;
    this.#onStep(stepped);
    return stepped.picture;
  }

  apply(held: HeldActions): void {
    for (let edges = held ^ this.#held; edges !== 0; edges &= edges - 1) this.#edgesSent += 1;
    this.#held = held;
    if (this.#clock.nowMs() === this.#pictureAtMs) this.#inPeriod = held;
  }

  renew(): void {
    // nothing expires: the game waits
  }

  releaseAll(): void {
    this.apply(NONE_HELD);
  }

  get held(): HeldActions {
    return this.#held;
  }

  get edgesSent(): number {
    return this.#edgesSent;
  }

  /** The game serves many fights; its owner disposes of it. */
  [Symbol.asyncDispose](): Promise<void> {
    this.releaseAll();
    return Promise.resolve();
  }
}
