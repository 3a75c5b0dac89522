/** A frame source whose frames are slow, missing, black or frozen when the plan says so; else the inner source's. */
import type { Clock } from '../../core/clock.js';
import type { Frame, FrameSource } from '../../core/frame.js';
import type { FaultPlan } from './plan.js';

export class FaultySource implements FrameSource {
  readonly #inner: FrameSource;
  readonly #plan: FaultPlan;
  readonly #clock: Clock;
  #frozen: Frame | null = null;

  /** Disposes of `inner` with itself. @param clock used to delay frames */
  constructor(inner: FrameSource, plan: FaultPlan, clock: Clock) {
    this.#inner = inner;
    this.#plan = plan;
    this.#clock = clock;
  }

  async next(deadlineMs: number, signal: AbortSignal): Promise<Frame | null> {
    this.#plan.start();
    const slow = this.#plan.striking('slow-capture');
    if (slow !== null) await this.#clock.sleepUntil(this.#clock.nowMs() + slow.value, signal);
    if (this.#plan.striking('drop-frames') !== null) return null;
    const frame = await this.#inner.next(deadlineMs, signal);
    if (frame === null) return null;
    if (this.#plan.striking('black-frames') !== null) {
      return { ...frame, pixels: new Uint8Array(frame.pixels.length), repeated: false };
    }
    return this.#freeze(frame);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#inner[Symbol.asyncDispose]();
  }

  #freeze(frame: Frame): Frame {
    if (this.#plan.striking('frozen-frames') === null) {
      this.#frozen = null;
      return frame;
    }
    if (this.#frozen === null) {
      this.#frozen = { ...frame, pixels: frame.pixels.slice() };
      return frame;
    }
    const { pixels, width, height } = this.#frozen;
    return { ...frame, pixels, width, height, repeated: true };
  }
}
