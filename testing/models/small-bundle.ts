/** Small untrained bundles, made in milliseconds. */
import { ActionSet } from '../../src/core/action-set.js';
import { Random } from '../../src/core/random.js';
import { actionSetOf, STUDY_NAMES } from '../../src/core/study-actions.js';
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

/** As {@link InitialBundleOptions}; actions may be named alone. */
interface SmallBundleOptions extends Partial<Omit<InitialBundleOptions, 'actions'>> {
  readonly actions?: ActionSet | readonly string[];
}

/** Writes a bundle with a latent of 8 to `out`. DOWN is left alone, as in the arena's untrained model. */
export function smallBundle(
  out: string,
  { actions = STUDY_NAMES, ...options }: SmallBundleOptions = {},
): Promise<Bundle> {
  const set = actions instanceof ActionSet ? actions : actionSetOf(actions);
  return initialBundle({ latent: 8, head: 'gru', seed: 1, leftAlone: ['DOWN'], ...options, actions: set, out });
}

/** The same with fewer actions than seven, in another order. */
export const FEW_ACTIONS: readonly string[] = ['SHOOT', 'LEFT'];
