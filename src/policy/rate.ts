/** How far a run's rate may be from the rate that a model was trained at, and what a window does above it. */
import { UnderstudyError } from '../core/errors.js';

/** 25 %: beyond it the picture changes more, or less, between two latents than it ever did in training. */
const MAX_DEVIATION = 0.25;

/**
 * Ticks from one latent of the window to the next, so that at a rate above the model's the window spans the same time.
 *
 * @param rateHz ticks a second, > 0
 * @param fps the rate that the model was trained at
 * @param anyRate accepts any rate above 0
 * @throws UnderstudyError 'bad-rate'
 */
export function strideFor(rateHz: number, fps: number, anyRate: boolean): number {
  const isRate = Number.isFinite(rateHz) && rateHz > 0;
  if (!isRate || (!anyRate && Math.abs(rateHz - fps) > MAX_DEVIATION * fps)) {
    const [low, high] = [fps * (1 - MAX_DEVIATION), fps * (1 + MAX_DEVIATION)];
    throw new UnderstudyError({
      kind: 'usage',
      code: 'bad-rate',
      message: `a rate of ${rateHz} Hz; this model was trained at ${fps} Hz and takes ${low} to ${high}`,
      next: isRate ? `use --rate ${fps}, or --any-rate to try it anyway` : `use --rate ${fps}`,
    });
  }
  return Math.max(1, Math.round(rateHz / fps));
}
