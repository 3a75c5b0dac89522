/**
 * The latest latents, one a tick, and the window of T of them that a head reads. At a rate above the model's the window
 * takes every stride-th latent, so that it spans the same time as in training. Never gives a window that is not full.
 */

/** A ring of (T - 1) * stride + 1 latents. */
export class LatentWindow {
  /** How many latents fill it. */
  readonly capacity: number;
  readonly #rows: Float32Array; // [capacity, D], a ring
  readonly #windowLength: number;
  readonly #latentSize: number;
  readonly #stride: number;
  readonly #maxGapMs: number;
  #next = 0; // row that the next latent overwrites
  #count = 0;
  #lastAtMs = 0;

  /**
   * @param shape T and D
   * @param stride ticks from one latent of the window to the next, >= 1
   * @param maxGapMs frames further apart than this do not belong to one window
   */
  constructor(shape: { readonly windowLength: number; readonly latentSize: number }, stride: number, maxGapMs: number) {
    this.#windowLength = shape.windowLength;
    this.#latentSize = shape.latentSize;
    this.#stride = stride;
    this.#maxGapMs = maxGapMs;
    this.capacity = (shape.windowLength - 1) * stride + 1;
    this.#rows = new Float32Array(this.capacity * shape.latentSize);
  }

  /** True once there are enough latents for a window. */
  get isFull(): boolean {
    return this.#count === this.capacity;
  }

  /** True before the first latent, and after {@link reset}. */
  get isEmpty(): boolean {
    return this.#count === 0;
  }

  /** Removes every latent. */
  reset(): void {
    this.#next = 0;
    this.#count = 0;
  }

  /**
   * Adds the newest latent. After a gap longer than `maxGapMs`, or a step back in time, it is the first of a new window.
   *
   * @param latent [D], copied
   * @param atMs when its frame was captured, monotonic
   * @returns false where the window was cleared first
   */
  push(latent: Float32Array, atMs: number): boolean {
    const gapMs = atMs - this.#lastAtMs;
    const follows = this.#count === 0 || (gapMs >= 0 && gapMs <= this.#maxGapMs);
    if (!follows) this.reset();
    this.#rows.set(latent, this.#next * this.#latentSize);
    this.#next = (this.#next + 1) % this.capacity;
    this.#count = Math.min(this.#count + 1, this.capacity);
    this.#lastAtMs = atMs;
    return follows;
  }

  /**
   * Writes the window, oldest latent first; call it only when full.
   *
   * @param into [T, D], written
   */
  copyTo(into: Float32Array): void {
    if (!this.isFull) throw new Error(`a window of ${this.#count} latents out of ${this.capacity}`);
    const size = this.#latentSize;
    for (let step = 0; step < this.#windowLength; step += 1) {
      const row = (this.#next + step * this.#stride) % this.capacity; // when full, #next is the oldest
      into.set(this.#rows.subarray(row * size, (row + 1) * size), step * size);
    }
  }
}
