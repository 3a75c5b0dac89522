/** Small untrained bundles, made in milliseconds. */
import type { ActionName } from '../../src/core/actions.js';
import { Random } from '../../src/core/random.js';
import type { Bundle } from '../../src/policy/bundle.js';
import { initialBundle, type InitialBundleOptions } from '../../src/policy/initial-bundle.js';

/** A bright square that wanders over a dark picture, [72, 128] uint8: what an untrained model can tell apart. */
export function* wanderingSquare(frames: number, seed: number): Generator<Uint8Array> {
  const random = new Random(seed);
  let [x, y] = [64, 36];
  for (let index = 0; index < frames; index += 1) {
    x = Math.min(108, Math.max(0, x + random.integer(-12, 12)));
    y = Math.min(52, Math.max(0, y + random.integer(-8, 8)));
    const gray = new Uint8Array(72 * 128).fill(24);
    for (let row = y; row < y + 20; row += 1) gray.fill(255, row * 128 + x, row * 128 + x + 20);
    yield gray;
  }
}

/** Writes a bundle with a latent of 8 to `out`. */
export function smallBundle(out: string, options: Partial<InitialBundleOptions> = {}): Promise<Bundle> {
  return initialBundle({ latent: 8, head: 'gru', seed: 1, ...options, out });
}

/** The same with fewer actions than seven, in an order of its own. */
export const FEW_ACTIONS: readonly ActionName[] = ['SHOOT', 'LEFT'];
