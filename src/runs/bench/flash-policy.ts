/**
 * A policy that answers a flash: it holds one action while the picture is bright. The full model still runs, so that
 * the time from pixel to key is that of a real decision; only its answer is discarded.
 */
import { ARENA_ACTIONS, FLASH_ANSWERED_BY } from '../../arena/actions.js';
import { NONE_HELD } from '../../core/action-set.js';
import type { Decision, Policy } from '../../core/policy.js';
import type { Frame } from '../../core/frame.js';

const ANSWER = ARENA_ACTIONS.bit(FLASH_ANSWERED_BY);

/** True where the middle of the picture is nearer to white than to black. */
export function isBright({ width, height, pixels }: Pick<Frame, 'width' | 'height' | 'pixels'>): boolean {
  const middle = (width * (height >> 1) + (width >> 1)) * 4;
  return pixels[middle + 1] > 127;
}

export class FlashPolicy implements Policy {
  readonly #policy: Policy;

  /** @param policy runs on every frame; disposed of with this one */
  constructor(policy: Policy) {
    this.#policy = policy;
  }

  async decide(frame: Frame): Promise<Decision> {
    // read first: the frame is the source's, and may be overwritten while the model runs
    const bright = isBright(frame);
    const decision = await this.#policy.decide(frame);
    return { ...decision, ready: true, held: bright ? ANSWER : NONE_HELD };
  }

  see(frame: Frame): ReturnType<Policy['see']> {
    return this.#policy.see(frame);
  }

  dropHeld(): void {
    this.#policy.dropHeld();
  }

  reset(): void {
    this.#policy.reset();
  }

  [Symbol.asyncDispose](): PromiseLike<void> {
    return this.#policy[Symbol.asyncDispose]();
  }
}
