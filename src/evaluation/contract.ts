/** What input a bundle needs and how its answers become keys, as a report shows it. */
import type { BundleManifest } from '../policy/manifest.js';
import { madeBetterBy } from './made-better.js';
import type { Thresholds } from '../policy/thresholds.js';

type Preprocessing = Pick<BundleManifest['preprocessing'], 'resize' | 'gray' | 'crop'>;
type Window = Pick<BundleManifest, 'fps' | 'windowLength' | 'latentSize' | 'image' | 'horizon' | 'apply'>;

export interface EvaluationContract extends Readonly<Window>, Readonly<Preprocessing> {
  /** In the model's order; scores are by name, so they do not depend on it. */
  readonly actions: readonly string[];
  /** In force during the evaluation. */
  readonly thresholds: Thresholds;
  /** How the model was made, in one line; null where the bundle does not say. */
  readonly training: string | null;
  /** What came after: rounds of correction and practice, a sentence each. */
  readonly madeBetterBy: readonly string[];
}

/** @param thresholds those in force */
export function contractOf(manifest: BundleManifest, thresholds: Thresholds): EvaluationContract {
  const { actions, fps, windowLength, latentSize, image, preprocessing, horizon, apply, training } = manifest;
  const { resize, gray, crop } = preprocessing;
  const { command } = training;
  return {
    actions,
    fps,
    windowLength,
    latentSize,
    image,
    resize,
    gray,
    crop,
    horizon,
    apply,
    thresholds,
    training: typeof command === 'string' ? command : null,
    madeBetterBy: madeBetterBy(manifest),
  };
}
