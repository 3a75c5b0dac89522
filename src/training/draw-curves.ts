/** Draws the training curves beside the history, once the bundle is written. A failure is a warning, not an error. */
import { messageOf } from '../core/errors.js';
import { writeTrainingCurves } from '../evaluation/figures/training-curves.js';
import { trainingCurvesOf } from '../evaluation/training-history.js';
import type { BundleManifest } from '../policy/manifest.js';

/** Writes training-curves.svg and .png into the work folder. */
export async function drawCurves(work: string, manifest: BundleManifest, say: (text: string) => void): Promise<void> {
  try {
    await writeTrainingCurves(work, `Training of ${manifest.name}`, trainingCurvesOf(manifest));
  } catch (error) {
    say(`warning: no training curves: ${messageOf(error)}`);
  }
}
